using System.Globalization;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;

namespace Faultline.Reports.Text;

/// <summary>The words for what a side of a race did.</summary>
internal static class RaceWords
{
    public static string Of(RaceOperation operation) => operation switch
    {
        RaceOperation.Read => "read",
        RaceOperation.Write => "write",
        RaceOperation.AtomicRead => "atomic read",
        RaceOperation.AtomicWrite => "atomic write",
        RaceOperation.MapRead => "map read",
        RaceOperation.MapWrite => "map write",
        RaceOperation.MapDelete => "map delete",
        RaceOperation.MapIterate => "map iteration",
        RaceOperation.MapClear => "map clear",
        RaceOperation.MapClone => "map clone",
        RaceOperation.ChanSend => "channel send",
        RaceOperation.ChanReceive => "channel receive",
        RaceOperation.ChanClose => "channel close",
        RaceOperation.CopyFrom => "read by copy",
        RaceOperation.CopyTo => "write by copy",
        RaceOperation.AppendGrow => "read by append",
        RaceOperation.Convert => "read by conversion",
        _ => "wait group",
    };

    /// <summary>Length and capacity, as far as they are known.</summary>
    public static string Extent(SliceSpan slice) => (slice.IsLengthKnown, slice.IsCapacityKnown) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $"len {slice.Length}, cap {slice.Capacity}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $"len or cap {slice.Length}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{slice.Length} or more elements"),
    };
}
