using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Values;

namespace Faultline.Diagnosis.Memory;

/// <summary>Keys and elements in pictures: as <c>faultline core</c> prints them, but of bounded length, as there are many.</summary>
internal static class PictureText
{
    private const int Longest = 200;

    private static readonly ValueLimits s_limits = new() { Depth = 4, ElementCount = 8, TextSize = 120, TotalCount = 64 };

    public static string Of(RuntimeState state, GoType type, ulong address)
    {
        var text = ValueText.Of(state.Values.Read(type, address, s_limits));
        return text.Length > Longest ? text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] + "…" : text;
    }
}
