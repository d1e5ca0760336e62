using Faultline.Binaries.Code.Appends;
using Faultline.Diagnosis.Appends;

namespace Faultline.Cli.Appends;

/// <summary>What is shown of the appends of a program.</summary>
/// <param name="Windows">Those that were asked for; the ones without locks on both sides first.</param>
/// <param name="Uses">What a recording shows of those that were asked for; null without one.</param>
/// <param name="Total">Windows in all.</param>
/// <param name="AppendCount">Appends that were looked at.</param>
/// <param name="SkippedFunctions">Functions that were not looked at.</param>
internal sealed record AppendSelection(IReadOnlyList<AppendWindow> Windows, ArrayUses? Uses, int Total, int AppendCount, int SkippedFunctions)
{
    public static AppendSelection Of(AppendWindows all, ArrayUses? uses, string? function, string? place)
    {
        List<AppendWindow> windows =
        [
            .. all.Windows.Where(window => place is null || window.Append.Place.Name.Contains(place, StringComparison.Ordinal))
                .Where(window => function is null || NameOf(window.Append.Frames).Contains(function, StringComparison.Ordinal)
                    || window.Accesses.Any(other => NameOf(other.Access.Frames).Contains(function, StringComparison.Ordinal)))
                .OrderBy(window => window.Accesses.All(other => other.BothLock)),
        ];
        if (uses is not null && (function is not null || place is not null))
        {
            HashSet<ulong> shown = [.. windows.Select(window => window.Append.ReturnAddress - 1)]; // as the recording's places are
            uses = uses with { Uses = [.. uses.Uses.Where(use => shown.Contains(use.Append.Address))] };
        }

        return new AppendSelection(windows, uses, all.Windows.Count, all.AppendCount, all.SkippedFunctions);
    }

    /// <summary>The function of the programmer's line; empty when unknown.</summary>
    public static string NameOf(IReadOnlyList<Binaries.GoSym.SourceFrame> frames) => frames is [{ } first, ..] ? first.Function : "";

    public static string WordOf(ArrayAccessKind kind) => kind switch
    {
        ArrayAccessKind.LoadHeader => "loads the pointer",
        ArrayAccessKind.StoreHeader => "stores a pointer",
        ArrayAccessKind.ReadElement => "reads an element",
        _ => "writes an element",
    };

    /// <summary>As JSON spells it.</summary>
    public static string KeyOf(ArrayAccessKind kind) => kind switch
    {
        ArrayAccessKind.LoadHeader => "loadHeader",
        ArrayAccessKind.StoreHeader => "storeHeader",
        ArrayAccessKind.ReadElement => "readElement",
        _ => "writeElement",
    };
}
