using System.Text;

namespace Faultline.Diagnosis.Races;

/// <summary>
/// Finds the operands of one line of Go. It knows no types: it reads names with selectors, indexes and calls, and which of them are assigned to.
/// </summary>
internal sealed class SourceOperands
{
    private const int LongestLine = 4096;
    private const int MostOperands = 64;
    private const int DeepestNesting = 32;

    private static readonly HashSet<string> s_words = new(StringComparer.Ordinal)
    {
        "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if", "import",
        "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var", "nil", "true", "false", "iota", "_",
        "bool", "byte", "rune", "string", "error", "any", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
        "uintptr", "float32", "float64", "complex64", "complex128",
    };

    private readonly string _line;
    private readonly string _code;
    private readonly List<SourceOperand> _operands = [];

    private SourceOperands(string line)
    {
        _line = line;
        _code = Clean(line);
    }

    /// <summary>The operands from left to right; of nested ones the outer one first. Empty for a line that is too long.</summary>
    public static IReadOnlyList<SourceOperand> Of(string line)
    {
        if (line.Length > LongestLine)
            return [];
        var operands = new SourceOperands(line);
        foreach (var statement in Split(operands._code, ';', 0, operands._code.Length))
            operands.ReadStatement(statement.Start, statement.End);
        return operands._operands;
    }

    /// <summary>The line with comments taken off and the text of strings blanked, at equal columns.</summary>
    private static string Clean(string line)
    {
        var clean = new StringBuilder(line.Length);
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0')
            {
                var isEscape = c == '\\' && quote != '`';
                clean.Append(c == quote ? c : ' ');
                if (isEscape && i + 1 < line.Length)
                {
                    clean.Append(' ');
                    i++;
                }
                else if (c == quote)
                {
                    quote = '\0';
                }
            }
            else if (c == '/' && i + 1 < line.Length && line[i + 1] == '/')
            {
                break;
            }
            else
            {
                quote = c is '"' or '`' or '\'' ? c : '\0';
                clean.Append(c);
            }
        }

        return clean.ToString();
    }

    private void ReadStatement(int start, int end)
    {
        var (at, size) = FindAssignment(start, end);
        if (at < 0)
        {
            ReadExpression(start, end, "", 0, isAssigned: false, isRead: true, 0);
            return;
        }

        var isPlain = _code.AsSpan(at, size) is "=" or ":=";
        foreach (var (from, to) in Split(_code, ',', start, at))
            ReadExpression(from, to, "", 0, isAssigned: true, isRead: !isPlain, 0);
        ReadExpression(at + size, end, "", 0, isAssigned: false, isRead: true, 0);
    }

    /// <summary>The first assignment outside brackets: its place and the size of its sign; -1 without one.</summary>
    private (int At, int Size) FindAssignment(int start, int end)
    {
        var depth = 0;
        for (var i = start; i < end; i++)
        {
            var c = _code[i];
            var next = i + 1 < end ? _code[i + 1] : ' ';
            if (c is '(' or '[')
                depth++;
            else if (c is ')' or ']')
                depth--;
            if (depth > 0)
                continue;
            if ((c == '+' && next == '+') || (c == '-' && next == '-') || (c == ':' && next == '='))
                return (i, 2);
            if (c is '=' or '<' or '>' or '!' && next == '=')
                i++;
            else if (c == '=')
                return (i, 1);
            else if ("+-*/%&|^".Contains(c, StringComparison.Ordinal) && next == '=')
                return (i, 2);
            else if (i + 2 < end && _code.AsSpan(i, 3) is "<<=" or ">>=" or "&^=")
                return (i, 3);
        }

        return (-1, 0);
    }

    private void ReadExpression(int start, int end, string call, int argument, bool isAssigned, bool isRead, int depth)
    {
        if (depth > DeepestNesting)
            return;
        var isFirst = true;
        var name = call;
        for (var i = start; i < end && _operands.Count < MostOperands;)
        {
            var c = _code[i];
            if (!char.IsLetter(c) && c != '_')
            {
                i += char.IsAsciiDigit(c) ? NumberSize(i, end) : 1;
                continue;
            }

            if (_code.AsSpan(i, NameEnd(i, end) - i) is "range")
            {
                name = "range";
                i += "range".Length;
                continue;
            }

            i = ReadOperand(i, end, name, argument, isAssigned && isFirst, isRead || !isFirst, depth);
            isFirst = false;
        }
    }

    private int NumberSize(int at, int end)
    {
        var i = at;
        while (i < end && (char.IsLetterOrDigit(_code[i]) || _code[i] is '_' or '.'))
            i++;
        return i - at;
    }

    /// <summary>Reads one operand; returns where it ends.</summary>
    private int ReadOperand(int start, int end, string call, int argument, bool isAssigned, bool isRead, int depth)
    {
        var i = NameEnd(start, end);
        var root = _code[start..i];
        var path = new StringBuilder(root);
        var isIndexed = false;
        // The longest part that is a place in memory: a call's result is none, what it is called on is one.
        var placeEnd = i;
        var placePath = root;
        var nested = new List<(int Start, int End, string Call)>();
        var isPlace = true;
        while (i < end)
        {
            if (_code[i] == '.' && i + 1 < end && (char.IsLetter(_code[i + 1]) || _code[i + 1] == '_'))
            {
                var nameEnd = NameEnd(i + 1, end);
                var isMethod = nameEnd < end && _code[nameEnd] == '(';
                path.Append(_code.AsSpan(i, nameEnd - i));
                i = nameEnd;
                if (!isMethod && isPlace)
                    (placeEnd, placePath) = (i, path.ToString());
            }
            else if (_code[i] is '[' or '(' && Closing(i, end) is var close and > 0)
            {
                if (_code[i] == '(')
                {
                    nested.Add((i + 1, close, path.ToString()));
                    isPlace &= false;
                    if (placePath == root && path.Length == root.Length)
                        placeEnd = -1;
                }
                else
                {
                    nested.Add((i + 1, close, ""));
                    isIndexed |= isPlace;
                    if (isPlace)
                        placeEnd = close + 1;
                }

                i = close + 1;
            }
            else
            {
                break;
            }
        }

        if (placeEnd > 0 && !s_words.Contains(root))
            _operands.Add(new SourceOperand(_line[start..placeEnd], placePath, root, isAssigned && placeEnd == i, isRead || placeEnd != i, isIndexed, call, argument));
        foreach (var (from, to, name) in nested)
        {
            var index = 0;
            foreach (var (partStart, partEnd) in Split(_code, ',', from, to))
                ReadExpression(partStart, partEnd, name, index++, isAssigned: false, isRead: true, depth + 1);
        }

        return Math.Max(i, start + 1);
    }

    private int NameEnd(int start, int end)
    {
        var i = start;
        while (i < end && (char.IsLetterOrDigit(_code[i]) || _code[i] == '_'))
            i++;
        return i;
    }

    private int Closing(int open, int end)
    {
        var depth = 0;
        for (var i = open; i < end; i++)
        {
            if (_code[i] is '(' or '[' or '{')
                depth++;
            else if (_code[i] is ')' or ']' or '}' && --depth == 0)
                return i;
        }

        return -1;
    }

    private static List<(int Start, int End)> Split(string code, char separator, int start, int end)
    {
        var parts = new List<(int, int)>();
        var (from, depth) = (start, 0);
        for (var i = start; i < end; i++)
        {
            if (code[i] is '(' or '[')
                depth++;
            else if (code[i] is ')' or ']')
                depth--;
            else if (code[i] == separator && depth == 0)
            {
                parts.Add((from, i));
                from = i + 1;
            }
        }

        parts.Add((from, end));
        return parts;
    }
}
