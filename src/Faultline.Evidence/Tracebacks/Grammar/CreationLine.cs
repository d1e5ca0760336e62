using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary><c>created by FUNCTION [in goroutine N]</c>.</summary>
internal ref struct CreationLine
{
    private const int LongestParent = 32;

    public ReadOnlySpan<byte> Function;
    public long? Parent;

    public static bool TryParse(ReadOnlySpan<byte> line, out CreationLine creation)
    {
        creation = default;
        if (!line.StartsWith("created by "u8))
            return false;
        ReadOnlySpan<byte> rest = line["created by "u8.Length..];
        int mark = rest.LastIndexOf(" in goroutine "u8);
        if (mark >= 0 && rest.Length - mark < LongestParent && Digits.TryDecimal(rest[(mark + " in goroutine "u8.Length)..], out long parent))
        {
            creation.Parent = parent;
            rest = rest[..mark];
        }

        creation.Function = rest;
        return !rest.IsEmpty && rest.Length <= ReadLimits.NameSize;
    }
}
