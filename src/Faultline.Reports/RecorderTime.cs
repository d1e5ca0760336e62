using System.Globalization;

namespace Faultline.Reports;

/// <summary>Times of a recorder's clock as <c>perf script --ns</c> prints them: seconds, a point, nine digits.</summary>
public static class RecorderTime
{
    private const ulong Second = 1_000_000_000;

    /// <param name="time">Nanoseconds.</param>
    public static string Format(ulong time) => string.Create(CultureInfo.InvariantCulture, $"{time / Second}.{time % Second:d9}");
}
