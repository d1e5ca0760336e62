using System.Globalization;

namespace Faultline.Diagnosis.Recordings;

/// <summary>Spans of the recorder's clock for the reader: <c>850 ns</c>, <c>3.1 µs</c>, <c>4.4 ms</c>, <c>2.0 s</c>.</summary>
public static class Nanoseconds
{
    private static readonly (double Size, string Unit)[] s_units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];

    public static string Format(ulong span)
    {
        foreach (var (size, unit) in s_units)
        {
            if (span >= size)
                return string.Create(CultureInfo.InvariantCulture, $"{span / size:0.0} {unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{span} ns");
    }

    /// <summary>Where <paramref name="time"/> lies as seen from another time: <c>3.1 µs before</c>.</summary>
    public static string Relate(ulong time, ulong other)
        => time <= other ? $"{Format(other - time)} before" : $"{Format(time - other)} after";
}
