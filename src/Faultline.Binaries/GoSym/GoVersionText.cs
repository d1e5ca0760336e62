using System.Globalization;

namespace Faultline.Binaries.GoSym;

/// <summary>Takes Go's version string apart: <c>go1.24.4</c>, <c>go1.25.12 X:noswissmap</c>, <c>go1.26.11-X:a,b</c>, <c>devel go1.27-abc…</c>.</summary>
internal static class GoVersionText
{
    private const string Prefix = "go1.";
    private const string ExperimentMark = "X:";

    /// <summary>The minor release; null when the text names none.</summary>
    public static int? Release(string version)
    {
        var start = version.IndexOf(Prefix, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += Prefix.Length;
        var end = start;
        while (end < version.Length && char.IsAsciiDigit(version[end]))
            end++;
        return int.TryParse(version.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var release) ? release : null;
    }

    /// <summary>The experiments that differ from the release's own choice.</summary>
    public static IReadOnlyList<string> Experiments(string version)
    {
        var start = version.IndexOf(" " + ExperimentMark, StringComparison.Ordinal);
        if (start < 0)
            start = version.IndexOf("-" + ExperimentMark, StringComparison.Ordinal);
        if (start < 0)
            return [];
        var list = version.AsSpan(start + 1 + ExperimentMark.Length);
        var end = list.IndexOf(' ');
        return (end < 0 ? list : list[..end]).ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
