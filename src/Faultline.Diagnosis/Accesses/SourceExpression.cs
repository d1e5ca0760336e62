namespace Faultline.Diagnosis.Accesses;

/// <summary>Restores what the programmer wrote: from the source line where the file is there, else a neutral form with the variable's name when known.</summary>
internal static class SourceExpression
{
    /// <summary>The source form of an operation.</summary>
    /// <param name="operation">What was done.</param>
    /// <param name="sourceLine">The source line; null when the file is not there.</param>
    /// <param name="variable">Name of the object's variable; null when unknown.</param>
    public static string Restore(AccessOperation operation, string? sourceLine, string? variable)
        => (sourceLine is null ? null : FromSource(operation, sourceLine)) ?? Neutral(operation, variable);

    private static string Neutral(AccessOperation operation, string? variable)
    {
        var map = variable ?? "m";
        var channel = variable ?? "ch";
        return operation switch
        {
            AccessOperation.MapRead => $"{map}[key]",
            AccessOperation.MapWrite => $"{map}[key] = value",
            AccessOperation.MapDelete => $"delete({map}, key)",
            AccessOperation.MapIterate => $"for key, value := range {map}",
            AccessOperation.MapClear => $"clear({map})",
            AccessOperation.MapClone => $"maps.Clone({map})",
            AccessOperation.ChanSend => $"{channel} <- value",
            AccessOperation.ChanReceive => $"<-{channel}",
            AccessOperation.ChanClose => $"close({channel})",
            AccessOperation.Lock => $"{variable ?? "mu"}.Lock()",
            AccessOperation.Unlock => $"{variable ?? "mu"}.Unlock()",
            _ => "",
        };
    }

    private static string? FromSource(AccessOperation operation, string line)
    {
        var code = WithoutComment(line).Trim();
        return operation switch
        {
            AccessOperation.MapRead => FindIndex(code, mustAssign: false),
            AccessOperation.MapWrite => FindIndex(code, mustAssign: true),
            AccessOperation.MapDelete => FindCall(code, "delete("),
            AccessOperation.MapClear => FindCall(code, "clear(") ?? FindCall(code, "delete("),
            AccessOperation.MapClone => FindCall(code, "maps.Clone("),
            AccessOperation.ChanClose => FindCall(code, "close("),
            AccessOperation.MapIterate => FindRange(code),
            AccessOperation.ChanSend => code.Contains("<-", StringComparison.Ordinal) ? code.TrimEnd('{', ' ', ':') : null,
            AccessOperation.ChanReceive => FindReceive(code),
            AccessOperation.Lock => FindMethod(code, "Lock()"),
            AccessOperation.Unlock => FindMethod(code, "Unlock()"),
            _ => null,
        };
    }

    private static string WithoutComment(string line)
    {
        var comment = line.IndexOf("//", StringComparison.Ordinal);
        // A line with quotes may hold the two slashes in a string; then the comment stays, which harms nothing below.
        return comment >= 0 && !line.AsSpan(0, comment).ContainsAny('"', '`') ? line[..comment] : line;
    }

    /// <summary>The first <c>name[index]</c> of a line; for a write, the first one that is assigned to, with its assignment.</summary>
    private static string? FindIndex(string code, bool mustAssign)
    {
        for (var open = code.IndexOf('['); open >= 0; open = code.IndexOf('[', open + 1))
        {
            var start = OperandStart(code, open);
            if (start == open || code[start..open] is "map" or "struct")
                continue;
            var close = Closing(code, open, '[', ']');
            if (close < 0)
                return null;
            if (!mustAssign)
                return code[start..(close + 1)];
            var rest = code[(close + 1)..].TrimStart();
            if (IsAssignment(rest))
                return (code[start..(close + 1)] + " " + rest).Replace(" ++", "++", StringComparison.Ordinal).Replace(" --", "--", StringComparison.Ordinal).TrimEnd('{', ' ', ';');
        }

        return null;
    }

    private static bool IsAssignment(string rest)
        => rest.StartsWith("++", StringComparison.Ordinal)
            || rest.StartsWith("--", StringComparison.Ordinal)
            || rest.Length > 1 && rest[0] == '=' && rest[1] != '='
            || rest.Length > 1 && rest[1] == '=' && "+-*/%&|^".Contains(rest[0], StringComparison.Ordinal)
            || rest.StartsWith(", ", StringComparison.Ordinal) && rest.Contains(" = ", StringComparison.Ordinal);

    private static string? FindRange(string code)
    {
        var range = code.IndexOf("range ", StringComparison.Ordinal);
        if (range < 0)
            return null;
        var start = Math.Max(code.LastIndexOf("for ", range, StringComparison.Ordinal), 0);
        return code[start..].TrimEnd('{', ' ', '}');
    }

    private static string? FindReceive(string code)
    {
        var arrow = code.IndexOf("<-", StringComparison.Ordinal);
        if (arrow < 0)
            return FindRange(code);
        var end = arrow + 2;
        while (end < code.Length && (IsNamePart(code[end]) || code[end] == ' ' && end == arrow + 2))
            end++;
        return code[arrow..end];
    }

    private static string? FindCall(string code, string call)
    {
        var start = code.IndexOf(call, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var close = Closing(code, start + call.Length - 1, '(', ')');
        return close < 0 ? null : code[start..(close + 1)];
    }

    private static string? FindMethod(string code, string method)
    {
        var end = code.IndexOf(method, StringComparison.Ordinal);
        if (end <= 0)
            return null;
        var start = OperandStart(code, end);
        return start == end ? null : code[start..(end + method.Length)];
    }

    private static int OperandStart(string code, int end)
    {
        var start = end;
        while (start > 0)
        {
            var c = code[start - 1];
            if (IsNamePart(c))
                start--;
            else if (c is ']' or ')' && Opening(code, start - 1) is var opening and >= 0)
                start = opening;
            else
                break;
        }

        return start;
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';

    private static int Opening(string code, int close)
    {
        var (open, shut) = code[close] == ']' ? ('[', ']') : ('(', ')');
        var depth = 0;
        for (var i = close; i >= 0; i--)
        {
            if (code[i] == shut)
                depth++;
            else if (code[i] == open && --depth == 0)
                return i;
        }

        return -1;
    }

    private static int Closing(string code, int open, char left, char right)
    {
        var depth = 0;
        for (var i = open; i < code.Length; i++)
        {
            if (code[i] == left)
                depth++;
            else if (code[i] == right && --depth == 0)
                return i;
        }

        return -1;
    }
}
