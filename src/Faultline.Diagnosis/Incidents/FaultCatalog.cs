using Faultline.Diagnosis.Accesses;

namespace Faultline.Diagnosis.Incidents;

/// <summary>How one text of the runtime is to be read.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Operation">What the goroutine that raised it was doing, as far as the text tells.</param>
/// <param name="ObjectKind">Kind of the object, or null when there is none to name.</param>
internal readonly record struct FaultMeaning(FaultKind Kind, AccessOperation Operation, string? ObjectKind);

/// <summary>The runtime's concurrency texts, from Go 1.6 to 1.27, and what each one means. Order matters: the first match decides.</summary>
internal static class FaultCatalog
{
    private enum Match
    {
        Exact,
        Prefix,
        Contains,
    }

    private static readonly (Match Match, string Text, FaultMeaning Meaning)[] Fatals =
    [
        (Match.Exact, "concurrent map read and map write", new(FaultKind.ConcurrentMapReadWrite, AccessOperation.MapRead, "map")),
        (Match.Exact, "concurrent map writes", new(FaultKind.ConcurrentMapWrites, AccessOperation.MapWrite, "map")),
        (Match.Prefix, "concurrent map iteration and map write", new(FaultKind.ConcurrentMapIterationWrite, AccessOperation.MapIterate, "map")),
        (Match.Exact, "concurrent map clone and map write", new(FaultKind.ConcurrentMapCloneWrite, AccessOperation.MapClone, "map")),
        (Match.Prefix, "small map with no empty slot", new(FaultKind.ConcurrentMapWrites, AccessOperation.MapWrite, "map")),
        (Match.Contains, "all goroutines are asleep - deadlock!", new(FaultKind.Deadlock, AccessOperation.Other, null)),
        (Match.Contains, "- deadlock!", new(FaultKind.Deadlock, AccessOperation.Other, null)),
        (Match.Exact, "sync: unlock of unlocked mutex", new(FaultKind.UnlockOfUnlockedMutex, AccessOperation.Unlock, "mutex")),
        (Match.Exact, "sync: Unlock of unlocked RWMutex", new(FaultKind.UnlockOfUnlockedMutex, AccessOperation.Unlock, "mutex")),
        (Match.Exact, "sync: RUnlock of unlocked RWMutex", new(FaultKind.UnlockOfUnlockedMutex, AccessOperation.Unlock, "mutex")),
        (Match.Exact, "sync: inconsistent mutex state", new(FaultKind.MemoryCorruption, AccessOperation.Lock, "mutex")),
        (Match.Prefix, "found bad pointer in Go heap", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "found pointer to free object", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "sweep increased allocation count", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "invalid pointer found on stack", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "bad map state", new(FaultKind.MemoryCorruption, AccessOperation.Other, "map")),
        (Match.Prefix, "checkptr:", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Exact, "fault", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "traceback did not unwind completely", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Prefix, "casgstatus: bad incoming values", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
        (Match.Exact, "unexpected signal during runtime execution", new(FaultKind.MemoryCorruption, AccessOperation.Other, "memory")),
    ];

    private static readonly (Match Match, string Text, FaultMeaning Meaning)[] Panics =
    [
        (Match.Exact, "send on closed channel", new(FaultKind.SendOnClosedChannel, AccessOperation.ChanSend, "channel")),
        (Match.Exact, "close of closed channel", new(FaultKind.CloseOfClosedChannel, AccessOperation.ChanClose, "channel")),
        (Match.Exact, "close of nil channel", new(FaultKind.CloseOfNilChannel, AccessOperation.ChanClose, "channel")),
        (Match.Exact, "assignment to entry in nil map", new(FaultKind.NilMapWrite, AccessOperation.MapWrite, "map")),
        (Match.Exact, "sync: negative WaitGroup counter", new(FaultKind.NegativeWaitgroupCounter, AccessOperation.Other, "waitgroup")),
        (Match.Prefix, "sync: WaitGroup misuse", new(FaultKind.WaitgroupMisuse, AccessOperation.Other, "waitgroup")),
        (Match.Prefix, "sync: WaitGroup is reused", new(FaultKind.WaitgroupMisuse, AccessOperation.Other, "waitgroup")),
        (Match.Contains, "invalid memory address or nil pointer dereference", new(FaultKind.NilDereference, AccessOperation.Other, null)),
        (Match.Prefix, "test timed out after", new(FaultKind.TestTimeout, AccessOperation.Other, null)),
        (Match.Prefix, "deadlock: ", new(FaultKind.Deadlock, AccessOperation.Other, null)),
        (Match.Prefix, "internal/sync.HashTrieMap: ran out of hash bits", new(FaultKind.MemoryCorruption, AccessOperation.Other, "map")),
    ];

    /// <summary>Meaning of a <c>fatal error:</c> text.</summary>
    public static FaultMeaning OfFatal(string text)
        => Find(Fatals, text) ?? new FaultMeaning(FaultKind.OtherFatal, AccessOperation.Other, null);

    /// <summary>Meaning of a <c>panic:</c> text. Values that are errors can carry an address or type in front; those stay other panics.</summary>
    public static FaultMeaning OfPanic(string text)
        => Find(Panics, text) ?? new FaultMeaning(FaultKind.OtherPanic, AccessOperation.Other, null);

    private static FaultMeaning? Find((Match Match, string Text, FaultMeaning Meaning)[] table, string text)
    {
        foreach (var (match, pattern, meaning) in table)
        {
            var hit = match switch
            {
                Match.Exact => text.Equals(pattern, StringComparison.Ordinal),
                Match.Prefix => text.StartsWith(pattern, StringComparison.Ordinal),
                _ => text.Contains(pattern, StringComparison.Ordinal),
            };
            if (hit)
                return meaning;
        }

        return null;
    }
}
