namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary><c>...12 frames elided...</c> (Go 1.21 and newer), <c>...additional frames elided...</c> before and in ancestors.</summary>
internal static class ElisionLine
{
    public static bool TryParse(ReadOnlySpan<byte> line, out int? count)
    {
        count = null;
        if (line.SequenceEqual("...additional frames elided..."u8))
            return true;
        if (!line.StartsWith("..."u8) || !line.EndsWith(" frames elided..."u8) || line.Length < 20)
            return false;
        if (!Digits.TryDecimal(line[3..^" frames elided...".Length], out long value) || value > int.MaxValue)
            return false;
        count = (int)value;
        return true;
    }
}
