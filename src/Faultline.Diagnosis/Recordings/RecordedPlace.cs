using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>Where in the program a recorded operation was called.</summary>
/// <param name="Pc">Address after the call, in the process; null when not recorded.</param>
/// <param name="Frames">Logical frames at the call, innermost first; empty without a binary.</param>
/// <param name="User">The frame of the programmer's line; null when it is not among them.</param>
/// <param name="Site">The map call; null when it is none that the code shows.</param>
internal sealed record RecordedPlace(ulong? Pc, IReadOnlyList<SourceFrame> Frames, SourceFrame? User, MapCallSite? Site)
{
    public static RecordedPlace Of(in ProbeEvent probe, ulong? bias, ProgramImage image)
    {
        if (image.Binary is not { } binary || bias is not { } shift)
            return new RecordedPlace(probe.ReturnAddress != 0 ? probe.ReturnAddress : null, [], null, null);
        ulong returnAddress = probe.ReturnAddress != 0 ? probe.ReturnAddress - shift : AfterCall(probe.ProbeAddress - shift, image);
        // Called by another map function: the probe then has that one's return address as well.
        if (probe.ReturnAddress != 0 && RecordedAccess.HasOuterReturn(probe.Kind) && probe.Detail != 0
            && binary.TryFindFunction(returnAddress - 1, out var caller) && GoPackage.IsRuntime(caller.Name))
            returnAddress = probe.Detail - shift;
        var frames = returnAddress == 0 ? [] : binary.ResolveFrames(returnAddress - 1);
        if (frames.Count == 0)
            return new RecordedPlace(null, [], null, null);
        SourceFrame? user = null;
        foreach (var frame in frames)
        {
            if (GoPackage.CarriesMapOperations(frame.Function) || GoPackage.CarriesSynchronisation(frame.Function))
                continue;
            user = frame;
            break;
        }

        return new RecordedPlace(returnAddress + shift, frames, user, image.Code?.FindMapCallSite(returnAddress));
    }

    /// <summary>What a probe's operation is called in a report.</summary>
    public static AccessOperation OperationOf(ProbeKind kind) => kind switch
    {
        ProbeKind.MapRead => AccessOperation.MapRead,
        ProbeKind.MapWrite => AccessOperation.MapWrite,
        ProbeKind.MapDelete => AccessOperation.MapDelete,
        ProbeKind.MapIterate => AccessOperation.MapIterate,
        ProbeKind.MapClear => AccessOperation.MapClear,
        ProbeKind.MapClone => AccessOperation.MapClone,
        ProbeKind.ChanSend => AccessOperation.ChanSend,
        ProbeKind.ChanReceive => AccessOperation.ChanReceive,
        ProbeKind.ChanClose => AccessOperation.ChanClose,
        ProbeKind.Lock or ProbeKind.ReadLock => AccessOperation.Lock,
        ProbeKind.Unlock or ProbeKind.ReadUnlock => AccessOperation.Unlock,
        _ => AccessOperation.Other,
    };

    /// <summary>A probe at a call site sits on the call itself.</summary>
    private static ulong AfterCall(ulong callAddress, ProgramImage image)
    {
        foreach (var site in image.Code?.MapCallSites ?? [])
        {
            if (site.CallAddress == callAddress)
                return site.ReturnAddress;
        }

        return image.Binary!.TryFindFunction(callAddress, out _) ? callAddress + 1 : 0;
    }
}
