namespace Faultline.Evidence.Escapes;

/// <summary>
/// One line of the compiler's output, read (<c>cmd/compile/internal/escape</c>, <c>inline</c>, <c>devirtualize</c>; formats of Go 1.19 to 1.27).
/// The spans are parts of the line.
/// </summary>
internal ref struct EscapeLine
{
    public EscapeKind Kind;

    /// <summary>Which of the wordings of its kind the line has; releases differ.</summary>
    public EscapeForm Form;

    public EscapeLocation Place;

    /// <summary>What it is about: a variable, an expression, a function, the source of a flow.</summary>
    public ReadOnlySpan<byte> Subject;

    /// <summary>Where that goes to, or why: a result, the target of a flow, a type, a reason.</summary>
    public ReadOnlySpan<byte> Object;

    /// <summary>The function in which it happens; empty when not printed.</summary>
    public ReadOnlySpan<byte> Function;

    /// <summary>Level, dereferences (-1: the address), cost, score or width in bytes, by the kind.</summary>
    public int Number;

    /// <summary>The place of a step.</summary>
    public EscapeLocation At;

    /// <summary>A captured variable whose address is taken, or that is assigned to after its declaration.</summary>
    public bool IsAddressTaken;

    public bool IsAssigned;

    /// <summary>The compiler printed no place and no words for none: it made the variable itself.</summary>
    public bool IsPlaceless;

    /// <summary>Reads a line without its line feed; false when it is none of the compiler's optimisation output.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out EscapeLine read)
    {
        read = default;
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        if (line.StartsWith("# "u8) && line.Length > 2 && line[2] is not ((byte)' ' or (byte)'['))
        {
            read.Kind = EscapeKind.Package;
            read.Subject = line[2..];
            return true;
        }

        if (!EscapeLocation.TryTake(line, out read.Place, out ReadOnlySpan<byte> message))
            return TryPlaceless(line, ref read);
        if (message.StartsWith(" "u8))
            EscapeMessage.TryRead(message[1..], ref read);
        else
            EscapeMessage.ReadTrace(message, ref read);
        return read.Kind != EscapeKind.Other;
    }

    /// <summary>Variables that the compiler makes for loops over functions have a name with <c>#</c> and are declared nowhere (Go 1.23 and newer).</summary>
    private static bool TryPlaceless(ReadOnlySpan<byte> line, ref EscapeLine read)
    {
        if (!line.Contains((byte)'#') || !(CaptureMessage.TryRead(line, ref read) || (line.StartsWith("moved to heap: "u8) && EscapeMessage.TryRead(line, ref read))))
            return false;
        read.IsPlaceless = true;
        return read.Subject.Contains((byte)'#') && !read.Subject.Contains((byte)' ');
    }

    /// <summary>Writes the line as the compiler printed it, without a line feed.</summary>
    public readonly void Render(EscapeLineWriter writer) => writer.Write(this);
}
