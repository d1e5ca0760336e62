using System.Globalization;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Waiting;

/// <summary>Who will not go on, and why: on a circle, waiting for nothing, unreachable, or behind one of those.</summary>
internal sealed class StuckGoroutines(WaitFacts facts, IReadOnlyDictionary<ulong, WaitNodeKind> kinds, ILookup<ulong, Claim> claims)
{
    private readonly Dictionary<long, StuckGoroutine> _found = [];
    private readonly HashSet<long> _circling = [];

    public IReadOnlyList<StuckGoroutine> Find(IReadOnlyList<WaitCycle> cycles)
    {
        foreach (var cycle in cycles)
        {
            for (var index = 0; index < cycle.Goroutines.Count; index++)
            {
                var next = cycle.Goroutines[(index + 1) % cycle.Goroutines.Count];
                var whom = next == cycle.Goroutines[index] ? "itself" : string.Create(CultureInfo.InvariantCulture, $"goroutine {next}");
                _circling.Add(cycle.Goroutines[index]);
                Add(cycle.Goroutines[index], cycle.Objects[index], $"{cycle.Pattern}: it waits for {whom}, and so round in a circle", cycle.Confidence);
            }
        }

        // That a goroutine is stuck can be surer than how it came to be.
        foreach (var waiter in facts.Waiters)
        {
            if (waiter.IsForever)
                Add(waiter.Id, null, "nothing ever ends such a wait", Confidence.Confirmed);
            else if (facts.AreAllAsleep)
                Add(waiter.Id, NodeOf(waiter), Explain(waiter), Confidence.Confirmed);
            else if (facts.Unreachable.Contains(waiter.Id))
                Add(waiter.Id, NodeOf(waiter), Explain(waiter), Confidence.Probable);
        }

        AddThoseBehind();
        return [.. _found.Values.OrderByDescending(stuck => _circling.Contains(stuck.Goroutine))];
    }

    /// <summary>Who waits for a lock whose only holder is stuck, from each of those on.</summary>
    private void AddThoseBehind()
    {
        var waiting = facts.Waiters.Where(waiter => waiter.Objects is [{ Address: not 0 }]).ToLookup(waiter => waiter.Objects[0].Address);
        var held = claims.Where(group => group.Count(claim => claim.IsHolder) == 1).Select(group => group.First(claim => claim.IsHolder)).ToLookup(claim => claim.Goroutine, claim => claim.Object);
        var queue = new Queue<long>(_found.Keys);
        while (queue.TryDequeue(out var holder))
        {
            var first = _found[holder];
            var confidence = first.Confidence < WaitFacts.Most ? first.Confidence : WaitFacts.Most;
            foreach (var waiter in held[holder].SelectMany(address => waiting[address]))
            {
                if (waiter.Id != holder && !_found.ContainsKey(waiter.Id)
                    && Add(waiter.Id, NodeOf(waiter), string.Create(CultureInfo.InvariantCulture, $"goroutine {holder}, which is stuck, holds what it waits for (inferred)"), confidence))
                {
                    queue.Enqueue(waiter.Id);
                }
            }
        }
    }

    private bool Add(long goroutine, string? node, string reason, Confidence confidence)
    {
        if (_found.TryGetValue(goroutine, out var known) && known.Confidence >= confidence)
            return false;
        _found[goroutine] = new StuckGoroutine(goroutine, node, reason, confidence);
        return true;
    }

    private string? NodeOf(Waiter waiter) => waiter.Objects is [{ Address: not 0 } first, ..] ? WaitGraphBuilder.IdOf(kinds.GetValueOrDefault(first.Address, first.Kind), first.Address) : null;

    private static string Explain(Waiter waiter) => waiter.Objects switch
    {
        [{ Operation: WaitEdgeKind.WaitsToSend }] => "no goroutine that can still run receives from this channel",
        [{ Operation: WaitEdgeKind.WaitsToReceive }] => "no goroutine that can still run sends to this channel or closes it",
        [{ Kind: WaitNodeKind.WaitGroup }] => "no goroutine that can still run calls Done on this group",
        [{ Kind: WaitNodeKind.Cond }] => "no goroutine that can still run signals this condition",
        [{ Operation: WaitEdgeKind.WaitsToLock or WaitEdgeKind.WaitsToReadLock }] => "no goroutine that can still run unlocks this",
        [_, _, ..] => "no goroutine that can still run is a partner for any case of its select",
        _ => "no goroutine that can still run ends this wait",
    };
}
