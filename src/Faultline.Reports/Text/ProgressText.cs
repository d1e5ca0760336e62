using System.Globalization;

namespace Faultline.Reports.Text;

/// <summary>How far a long read is, in one line.</summary>
public static class ProgressText
{
    private const int BarWidth = 20;
    private const int LeastName = 12;

    /// <summary><c>faultline: reading crash.log: ━━━━━─────────────── 25 %, 5.0 of 20.0 MB</c></summary>
    /// <param name="what">The input; escaped here.</param>
    /// <param name="done">Bytes.</param>
    /// <param name="total">Bytes; null, and there is no bar, when nobody knows.</param>
    /// <param name="columns">Of the terminal. The line stays shorter: one that breaks could not be taken back.</param>
    public static string Of(string what, long done, long? total, int columns)
    {
        const string Lead = "faultline: reading ";
        string amount = total is { } size and > 0 && done <= size
            ? string.Create(CultureInfo.InvariantCulture, $": {Bar(done, size)} {100 * (double)done / size:0} %, {Megabytes(done)} of {Megabytes(size)} MB")
            : $": {Megabytes(done)} MB";
        string name = PrintableText.Escape(what);
        int room = Math.Max(LeastName, columns - 1 - Lead.Length - amount.Length);
        return Lead + (name.Length <= room ? name : string.Concat("…", name.AsSpan(name.Length - room + 1))) + amount;
    }

    private static string Bar(long done, long size)
    {
        int filled = (int)(BarWidth * (double)done / size);
        return new string('━', filled) + new string('─', BarWidth - filled);
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000.0:0.0}");
}
