using Faultline.Diagnosis.Races;

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
}
