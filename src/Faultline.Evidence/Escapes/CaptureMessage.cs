namespace Faultline.Evidence.Escapes;

/// <summary>Reads <c>f capturing by ref: v (addr=false assign=true width=8)</c>.</summary>
internal static class CaptureMessage
{
    public static bool TryRead(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        if (!text.EndsWith(")"u8))
            return false;
        int word = text.IndexOf(" capturing by "u8);
        if (word <= 0)
            return false;
        ReadOnlySpan<byte> rest = text[(word + " capturing by ".Length)..];
        bool isValue = rest.StartsWith("value: "u8);
        if (!isValue && !rest.StartsWith("ref: "u8))
            return false;
        rest = rest[(isValue ? "value: ".Length : "ref: ".Length)..^1];
        int open = rest.LastIndexOf(" (addr="u8);
        if (open <= 0)
            return false;
        ReadOnlySpan<byte> facts = rest[(open + " (addr=".Length)..];
        if (!TryFlag(ref facts, out bool isAddressTaken) || !Skip(ref facts, " assign="u8) || !TryFlag(ref facts, out bool isAssigned) || !Skip(ref facts, " width="u8) || !EscapeMessage.TryNumber(facts, out int width))
            return false;
        EscapeMessage.Take(ref line, EscapeKind.Capture, rest[..open]);
        line.Function = text[..word];
        line.Number = width;
        line.Form = isValue ? EscapeForm.ByValue : EscapeForm.Plain;
        (line.IsAddressTaken, line.IsAssigned) = (isAddressTaken, isAssigned);
        return true;
    }

    private static bool TryFlag(ref ReadOnlySpan<byte> rest, out bool value)
    {
        value = Skip(ref rest, "true"u8);
        return value || Skip(ref rest, "false"u8);
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> word)
    {
        if (!rest.StartsWith(word))
            return false;
        rest = rest[word.Length..];
        return true;
    }
}
