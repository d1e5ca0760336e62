using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// Adds to the waiting that a log shows what a recording of the same process knows: the address of the channel or lock that a goroutine entered last and is still in, and who sent to or received
/// from such a channel before, and so could again. Who holds a lock a recording does not show: locks that are free are taken, and given back, without a call.
/// </summary>
internal static class RecordedWaits
{
    public static WaitFacts Complete(WaitFacts facts, IReadOnlyList<Recording> recordings, ProgramImage image)
    {
        if (image.Binary is null || facts.Waiters.Count == 0)
            return facts;
        // Goroutine ids are those of a process, and other runs of the program have the same ones: more lines have to fit than contradict.
        var (track, found) = recordings
            .SelectMany(recording => recording.Processes.Select(process => (Track: process.Value, Found: Match(facts, process.Value, image.LoadBias ?? recording.Program.BiasOf(process.Key), image))))
            .OrderByDescending(item => item.Found.Count).FirstOrDefault();
        if (found is not { Count: > 0 })
            return facts;
        var channels = found.Values.Where(enter => enter.Kind is ProbeKind.ChanSend or ProbeKind.ChanReceive).Select(enter => enter.ObjectAddress).ToHashSet();
        return facts with
        {
            Waiters = [.. facts.Waiters.Select(waiter => found.TryGetValue(waiter.Id, out var enter) ? waiter with { Objects = [waiter.Objects[0] with { Address = enter.ObjectAddress }] } : waiter)],
            Claims = [.. facts.Claims, .. Partners(track, channels, found)],
        };
    }

    /// <summary>Empty for a recording of another run: as many waits or more are recorded elsewhere than where the log has them.</summary>
    private static Dictionary<long, ProbeEvent> Match(WaitFacts facts, ProcessTrack track, ulong? bias, ProgramImage image)
    {
        var found = new Dictionary<long, ProbeEvent>();
        var contradictions = 0;
        foreach (var waiter in facts.Waiters)
        {
            if (waiter.Objects is not [var awaited] || waiter.State == "select" || !track.TryFindOpen((ulong)waiter.Id, out var enter) || enter.ObjectAddress == 0 || RecordedPlace.Of(enter, bias, image).User is not { } place)
                continue;
            if (Fits(enter.Kind, awaited.Operation) && (awaited.Address == 0 || awaited.Address == enter.ObjectAddress) && place.Line == waiter.Line && PrintedName.Matches(waiter.Function, place.Function))
                found.Add(waiter.Id, enter);
            else
                contradictions++;
        }

        return found.Count > contradictions ? found : [];
    }

    private static bool Fits(ProbeKind kind, WaitEdgeKind operation) => (kind, operation) is
        (ProbeKind.ChanSend, WaitEdgeKind.WaitsToSend) or (ProbeKind.ChanReceive, WaitEdgeKind.WaitsToReceive) or (ProbeKind.Lock, WaitEdgeKind.WaitsToLock) or (ProbeKind.ReadLock, WaitEdgeKind.WaitsToReadLock);

    /// <summary>Whoever did before what the waiting goroutines of a channel need.</summary>
    private static IEnumerable<Claim> Partners(ProcessTrack track, HashSet<ulong> channels, Dictionary<long, ProbeEvent> waiting)
    {
        var needed = waiting.Values.Select(enter => (enter.ObjectAddress, Kind: enter.Kind == ProbeKind.ChanSend ? ProbeKind.ChanReceive : ProbeKind.ChanSend)).ToHashSet();
        return track.Latest
            .Where(access => channels.Contains(access.Enter.ObjectAddress) && access.Enter.Goroutine is > 0 and <= long.MaxValue && needed.Contains((access.Enter.ObjectAddress, access.Enter.Kind)))
            .Select(access => new Claim((long)access.Enter.Goroutine, access.Enter.ObjectAddress, IsHolder: false))
            .Distinct();
    }
}
