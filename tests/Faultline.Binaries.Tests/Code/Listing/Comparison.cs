using System.Globalization;
using System.Text.RegularExpressions;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>Why two disassemblers do not print the same; docs/disasm.md lists what is meant to differ.</summary>
public enum Difference
{
    None,

    /// <summary>A displacement of 32 bits that objdump prints without its sign.</summary>
    Sign,

    /// <summary>A place relative to the PC that objdump does not name, or names wrongly: it takes such operands of VEX and EVEX for absolute.</summary>
    NamedPlace,

    /// <summary>A number that objdump takes for the address of a symbol.</summary>
    NumberAsSymbol,

    /// <summary>An instruction that objdump does not know or takes for longer than it is, and what it reads out of step until it is back at a boundary.</summary>
    Unknown,

    /// <summary>Everything else: a fault.</summary>
    Unexplained,
}

/// <summary>Compares one instruction with what <c>go tool objdump</c> prints of it.</summary>
public static partial class Comparison
{
    public static Difference Of(string wanted, string actual)
    {
        if (wanted == actual)
            return Difference.None;
        if (wanted == "?")
            return actual.StartsWith(".byte ", StringComparison.Ordinal) || actual.StartsWith(".word ", StringComparison.Ordinal) || actual == "UDF $0" ? Difference.None : Difference.Unknown;
        if (WithSigns(wanted) == actual)
            return Difference.Sign;
        if (NumberOrSymbol().Replace(wanted, "$$?") == NumberOrSymbol().Replace(actual, "$$?") && actual.StartsWith("MOVL $", StringComparison.Ordinal))
            return Difference.NumberAsSymbol;
        return actual.Contains("(SB)", StringComparison.Ordinal) && Place().Replace(wanted, "?") == Place().Replace(actual, "?") ? Difference.NamedPlace : Difference.Unexplained;
    }

    /// <summary>True for what puts objdump out of step: it gives VZEROUPPER, which has no operands, the bytes of an operand in memory.</summary>
    public static bool IsMisread(ListedLine line) => line.Text is "?" || (line.Text is "VZEROUPPER" && line.Bytes.Length > 6);

    private static string WithSigns(string text) => Displacement().Replace(text, match =>
        $"-0x{(uint)-(int)uint.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture):x}");

    [GeneratedRegex(@"0x[89a-f][0-9a-f]{7}(?=\()|(?<=[FG]S:)0x[89a-f][0-9a-f]{7}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Displacement();

    [GeneratedRegex(@"\$(?:0x[0-9a-f]+|.+\(SB\))(?=, )", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberOrSymbol();

    /// <summary>An operand in memory at a fixed place: named, relative to the PC, or taken for absolute.</summary>
    [GeneratedRegex(@"(?<=[ ,])(?:-?0x[0-9a-f]+\(IP\)|0x[0-9a-f]+(?=,|$)|\$f(?:32|64)\.[0-9a-f]+\(SB\)|[^ $][^$]*\(SB\))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
