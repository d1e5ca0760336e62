namespace Faultline.Diagnosis.Waiting;

/// <summary>What engineers call a circle of waiting.</summary>
internal static class CyclePattern
{
    public const string DoubleLock = "double lock", LockUpgrade = "lock upgrade", LockOrder = "lock order", ReadRecursion = "recursive read lock behind a writer";

    public static string Of(IReadOnlyList<long> goroutines, IReadOnlyList<ulong> objects, IReadOnlyDictionary<long, Waiter> waiters, IReadOnlyDictionary<ulong, WaitNodeKind> kinds)
    {
        var areLocks = objects.All(address => kinds[address] is WaitNodeKind.Mutex or WaitNodeKind.RWMutex);
        if (goroutines.Count == 1)
        {
            var waits = waiters[goroutines[0]].Objects[0];
            return waits.Kind switch
            {
                WaitNodeKind.RWMutex => LockUpgrade,
                WaitNodeKind.WaitGroup => "wait for a group that it is part of",
                WaitNodeKind.Once => "once inside itself",
                _ => DoubleLock,
            };
        }

        if (areLocks && objects.Distinct().Count() == 1 && kinds[objects[0]] == WaitNodeKind.RWMutex)
            return ReadRecursion;
        return areLocks ? LockOrder : $"{string.Join(" and ", objects.Select(address => WaitWords.Name(kinds[address])).Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase))} in a circle";
    }
}
