using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>The first line of a frame, <c>function(arguments)</c>, split at the last parenthesis because names contain them: <c>main.(*T[...]).M(0x1)</c>.</summary>
internal ref struct CallLine
{
    public ReadOnlySpan<byte> Function;
    public ReadOnlySpan<byte> Arguments;

    /// <summary>Looks like a Go symbol, so that the line is taken for a frame even when its file line does not follow at once.</summary>
    public bool IsCertain;

    public static bool TryParse(ReadOnlySpan<byte> line, out CallLine call)
    {
        call = default;
        if (line.Length < 3 || line[^1] != ')')
            return false;
        int open = line.LastIndexOf((byte)'(');
        if (open <= 0 || open > ReadLimits.NameSize)
            return false;
        ReadOnlySpan<byte> arguments = line[(open + 1)..^1];
        if (arguments.Length > TracebackLimits.ArgumentTextSize || arguments.ContainsAnyExcept(ArgumentGrammar.Bytes))
            return false;
        call.Function = line[..open];
        call.Arguments = arguments;
        call.IsCertain = IsSymbol(call.Function);
        return true;
    }

    private static bool IsSymbol(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("panic"u8) || (name.Contains((byte)'.') && !name.ContainsAny(" \t"u8));
}
