namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>Tells by its first bytes what a line of a traceback is, also when its end is missing.</summary>
internal static class LineStart
{
    /// <summary>The line begins something of its own: it is no rest of the line before it.</summary>
    public static bool IsStart(ReadOnlySpan<byte> line) => line.IsEmpty || Of(line) is not (LineForm.Other or LineForm.Name) || IsLone(line);

    /// <summary>What the line is or begins to be.</summary>
    public static LineForm Of(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return LineForm.Other;
        switch (line[0])
        {
            case (byte)'\t':
                return line.StartsWith("\tpanic: "u8) || line.StartsWith("\tfatal error: "u8) ? LineForm.Headline : LineForm.Place;
            case (byte)'g' when line.Length > 10 && line.StartsWith("goroutine "u8) && char.IsAsciiDigit((char)line[10]):
                return LineForm.Header;
            case (byte)'c' when line.StartsWith("created by "u8):
                return LineForm.Creation;
            case (byte)'p' or (byte)'f' when line.StartsWith("panic: "u8) || line.StartsWith("fatal error: "u8):
                return LineForm.Headline;
            case (byte)'r' or (byte)'u' when line.StartsWith("runtime: "u8) || line.StartsWith("unexpected fault address "u8):
                return LineForm.Headline;
            case (byte)'[' when line.StartsWith("[signal "u8):
                return LineForm.Signal;
            case (byte)'[' when line.StartsWith("[originating from goroutine "u8):
                return LineForm.Origin;
            case (byte)'S' when SchedulerGrammar.IsHeader(line):
            case (byte)' ' when SchedulerGrammar.IsDetail(line):
                return LineForm.Scheduler;
            default:
                return OfName(line);
        }
    }

    /// <summary>A symbol, or one with the parenthesis of its receiver or arguments behind it.</summary>
    private static LineForm OfName(ReadOnlySpan<byte> line)
    {
        int open = line.IndexOf((byte)'(');
        ReadOnlySpan<byte> name = open < 0 ? line : line[..open];
        bool isSymbol = (char.IsAsciiLetter((char)line[0]) || line[0] == '_') && !name.ContainsAny(" \t)=\""u8)
            && (name.ContainsAny("./"u8) || (open > 0 && name.SequenceEqual("panic"u8)));
        if (!isSymbol)
            return LineForm.Other;
        return open < 0 ? LineForm.Name : LineForm.Call;
    }

    private static bool IsLone(ReadOnlySpan<byte> line) =>
        ElisionLine.TryParse(line, out _) || SignalGrammar.IsTitle(line) || SignalGrammar.TryRegister(line, out _, out _)
        || line.StartsWith("PC=0x"u8) || line.StartsWith("exit status "u8) || line.SequenceEqual("runtime stack:"u8) || line.SequenceEqual("-----"u8);
}

/// <summary>The sorts of lines that can be longer than a screen is wide.</summary>
internal enum LineForm
{
    Other,

    /// <summary>A symbol and nothing behind it: perhaps the start of a call.</summary>
    Name,

    Call,
    Place,
    Creation,
    Header,
    Headline,
    Signal,

    /// <summary>The title of an ancestor's stack.</summary>
    Origin,

    Scheduler,
}
