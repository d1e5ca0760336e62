using System.Runtime.InteropServices;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>What shows that a recorded access was over.</summary>
public enum AccessEnd
{
    /// <summary>Nothing: the goroutine may have been inside until the end of the recording.</summary>
    None,

    /// <summary>Its goroutine began another operation, so this one had ended some time before.</summary>
    NextOperation,

    /// <summary>The code after the call was reached.</summary>
    Done,

    /// <summary>Its goroutine parked for a reason that cannot arise inside a map operation.</summary>
    Parked,

    /// <summary>Its goroutine ended.</summary>
    Exited,
}

/// <summary>One access of one goroutine to one object, as recorded: when it was entered, and the first later event that shows it over.</summary>
/// <param name="Enter">The probe that saw it begin.</param>
/// <param name="End">What shows it over.</param>
/// <param name="EndTime">When that was recorded, in nanoseconds of the recorder's clock: the access ended then or before; 0 without an end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordedAccess(ProbeEvent Enter, AccessEnd End, ulong EndTime)
{
    public bool IsOpen => End == AccessEnd.None;

    public bool IsWrite => IsWriteKind(Enter.Kind);

    /// <summary>True for the operations that set the map's mark while they run.</summary>
    public static bool IsWriteKind(ProbeKind kind) => kind is ProbeKind.MapWrite or ProbeKind.MapDelete or ProbeKind.MapClear;

    /// <summary>True for operations on maps.</summary>
    public static bool IsMapKind(ProbeKind kind)
        => kind is ProbeKind.MapRead or ProbeKind.MapWrite or ProbeKind.MapDelete or ProbeKind.MapIterate or ProbeKind.MapClear or ProbeKind.MapClone;

    /// <summary>True for probes in functions that the program calls through others of the runtime: their detail is the return address of the caller.</summary>
    public static bool HasOuterReturn(ProbeKind kind) => IsMapKind(kind) || kind is ProbeKind.ChanSend or ProbeKind.ChanReceive;

    /// <summary>True when the goroutine can have been inside at some moment from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public bool MayReach(ulong start, ulong end) => Enter.Time < end && (IsOpen || EndTime >= start);
}
