using System.Runtime.InteropServices;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Waiting;

/// <summary>One thing that a goroutine waits for.</summary>
/// <param name="Address">0 when not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Awaited(WaitNodeKind Kind, ulong Address, WaitEdgeKind Operation);

/// <summary>A goroutine that waits.</summary>
/// <param name="Objects">Several in a select; empty when it is not known what it waits for, or nothing at all.</param>
/// <param name="IsForever">Nothing ever ends such a wait: a nil channel, a select without cases.</param>
internal sealed record Waiter(long Id, string State, string Function, string File, int Line, IReadOnlyList<Awaited> Objects, bool IsForever)
{
    public bool WaitsFor(ulong address) => Objects.Any(awaited => awaited.Address == address);
}

/// <summary>A goroutine that has something, or has it within reach.</summary>
/// <param name="IsHolder">It has the lock; else it might end a wait for the object.</param>
/// <param name="IsExact">It has the address of the lock itself, not only that of an object around it, which many have who never lock it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Claim(long Goroutine, ulong Object, bool IsHolder, bool IsExact = false);

/// <summary>What a source says of the waiting in a process.</summary>
internal sealed record WaitFacts
{
    /// <summary>In the order of their numbers.</summary>
    public required IReadOnlyList<Waiter> Waiters { get; init; }

    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Goroutines that nothing reaches whose wait something else could end, by the heap; empty when there is no heap to ask.</summary>
    public IReadOnlySet<long> Unreachable { get; init; } = new HashSet<long>();

    /// <summary>Enters a goroutine among the evidence and returns the number of the entry.</summary>
    public required Func<long, int> Evidence { get; init; }

    /// <summary>The runtime has found that no goroutine can run.</summary>
    public bool AreAllAsleep { get; init; }

    /// <summary>What an inferred holder is worth at most.</summary>
    public const Confidence Most = Confidence.Probable;
}
