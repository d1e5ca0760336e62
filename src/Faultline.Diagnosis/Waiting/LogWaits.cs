using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;
using Faultline.Runtime.Sync;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// The waiting that a log shows. What a goroutine waits for stands in the arguments of the functions that wait, where these print it for certain; who holds a lock follows from
/// an argument and, with the binary, from a frame that is past a lock.
/// </summary>
internal static class LogWaits
{
    /// <summary>A lock lies at most so far behind the pointer to the object around it.</summary>
    private const ulong LargestOffset = 512;

    /// <summary>Of the list of waiters in a <c>sync.Cond</c>, behind the interface of its lock.</summary>
    private const ulong NotifyListOffset = 16;

    private const ulong LeastAddress = 0x1000;

    /// <param name="report">The crash.</param>
    /// <param name="image">The program; without a binary nobody is said to hold anything.</param>
    /// <param name="areAllAsleep">The runtime says that no goroutine can run.</param>
    /// <param name="evidence">Enters a goroutine among the evidence and returns its number.</param>
    public static WaitFacts Read(CrashReport report, ProgramImage image, bool areAllAsleep, Func<GoroutineTrace, int> evidence)
    {
        var waiters = new List<Waiter>();
        var goroutines = new Dictionary<long, GoroutineTrace>();
        foreach (var goroutine in report.Goroutines)
        {
            if (Describe(goroutine, image, areAllAsleep) is { } waiter && goroutines.TryAdd(goroutine.Id, goroutine))
                waiters.Add(waiter);
        }

        var awaited = waiters.SelectMany(waiter => waiter.Objects).Where(item => item.Address != 0).ToList();
        return new WaitFacts
        {
            Waiters = [.. waiters.OrderBy(waiter => waiter.Id)],
            Claims = awaited.Count == 0 ? [] : [.. FindClaims(report, image, awaited)],
            AreAllAsleep = areAllAsleep,
            Evidence = id => evidence(goroutines.TryGetValue(id, out var known) ? known : report.Goroutines.First(goroutine => goroutine.Id == id)),
        };
    }

    private static Waiter? Describe(GoroutineTrace goroutine, ProgramImage image, bool areAllAsleep)
    {
        var status = goroutine.Status;
        var isForever = status is "select (no cases)" or "chan receive (nil chan)" or "chan send (nil chan)" && (goroutine.Id != 1 || areAllAsleep);
        var operation = OperationOf(status, goroutine.Stack);
        if (operation is null && !isForever)
            return null;
        var place = goroutine.Stack.Locations.FirstOrDefault(location => location.Kind is FrameKind.Go or FrameKind.Inlined && !GoPackage.CarriesSynchronisation(location.Function));
        IReadOnlyList<Awaited> objects = operation is { } found && !isForever ? [found with { Address = AddressOf(goroutine, found.Kind) }] : [];
        return new Waiter(goroutine.Id, status, place?.Function ?? "", image.Sources.Map(place?.File ?? ""), place?.Line ?? 0, objects, isForever);
    }

    /// <summary>Without the address; null for waits that time, input or the runtime itself ends.</summary>
    private static Awaited? OperationOf(string status, StackTrace stack) => status switch
    {
        "chan send" => new Awaited(WaitNodeKind.Channel, 0, WaitEdgeKind.WaitsToSend),
        "chan receive" => new Awaited(WaitNodeKind.Channel, 0, WaitEdgeKind.WaitsToReceive),
        "select" => new Awaited(WaitNodeKind.Channel, 0, WaitEdgeKind.WaitsToReceive),
        "sync.Mutex.Lock" => new Awaited(WaitNodeKind.Mutex, 0, WaitEdgeKind.WaitsToLock),
        "sync.RWMutex.Lock" => new Awaited(WaitNodeKind.RWMutex, 0, WaitEdgeKind.WaitsToLock),
        "sync.RWMutex.RLock" => new Awaited(WaitNodeKind.RWMutex, 0, WaitEdgeKind.WaitsToReadLock),
        "sync.WaitGroup.Wait" => new Awaited(WaitNodeKind.WaitGroup, 0, WaitEdgeKind.WaitsFor),
        "sync.Cond.Wait" => new Awaited(WaitNodeKind.Cond, 0, WaitEdgeKind.WaitsFor),
        "semacquire" => OfSemaphore(stack),
        _ => null,
    };

    /// <summary>Until Go 1.20 the status does not say what kind of semaphore it is.</summary>
    private static Awaited? OfSemaphore(StackTrace stack)
    {
        foreach (var location in stack.Locations)
        {
            switch (location.Function)
            {
                case "sync.(*RWMutex).RLock":
                    return new Awaited(WaitNodeKind.RWMutex, 0, WaitEdgeKind.WaitsToReadLock);
                case "sync.(*RWMutex).Lock":
                    return new Awaited(WaitNodeKind.RWMutex, 0, WaitEdgeKind.WaitsToLock);
                case "sync.(*WaitGroup).Wait":
                    return new Awaited(WaitNodeKind.WaitGroup, 0, WaitEdgeKind.WaitsFor);
                case "sync.(*Mutex).Lock" or "sync.(*Mutex).lockSlow":
                    return new Awaited(WaitNodeKind.Mutex, 0, WaitEdgeKind.WaitsToLock);
            }
        }

        return null;
    }

    private static ulong AddressOf(GoroutineTrace goroutine, WaitNodeKind kind)
    {
        foreach (var frame in goroutine.Frames)
        {
            var function = frame.Location.Function;
            var takesObject = kind switch
            {
                WaitNodeKind.Channel => function is "runtime.chansend" or "runtime.chansend1" or "runtime.chanrecv" or "runtime.chanrecv1" or "runtime.chanrecv2",
                WaitNodeKind.Mutex => function is "sync.(*Mutex).lockSlow" or "internal/sync.(*Mutex).lockSlow" or "sync.(*Mutex).Lock",
                WaitNodeKind.RWMutex => function.StartsWith("sync.(*RWMutex).", StringComparison.Ordinal),
                WaitNodeKind.WaitGroup => function == "sync.(*WaitGroup).Wait",
                WaitNodeKind.Cond => function is "sync.(*Cond).Wait" or "sync.runtime_notifyListWait",
                _ => false,
            };
            if (takesObject && frame.Arguments is [{ Kind: ArgumentKind.Value, IsStale: false, Value: >= LeastAddress and var address }, ..])
                return function == "sync.runtime_notifyListWait" ? address - NotifyListOffset : address;
        }

        return 0;
    }

    private static IEnumerable<Claim> FindClaims(CrashReport report, ProgramImage image, List<Awaited> awaited)
    {
        var kinds = awaited.DistinctBy(item => item.Address).ToDictionary(item => item.Address, item => item.Kind);
        var code = image.Binary is { } binary ? new LockCode(binary) : null;
        ulong[] locks = [.. kinds.Where(item => IsLock(item.Value)).Select(item => item.Key).Order()];
        var pointers = locks.Length == 0 ? [] : Pointers(report, locks);
        foreach (var goroutine in report.Goroutines)
        {
            var isWaiting = goroutine.Stack.Locations.Any(location => location.Function is "sync.runtime_SemacquireMutex" or "internal/sync.runtime_SemacquireMutex" or "sync.runtime_SemacquireRWMutex" or "sync.runtime_SemacquireRWMutexR");
            var frames = goroutine.Frames;
            for (var index = 0; index < frames.Count; index++)
            {
                if (frames[index].Location.Kind != FrameKind.Go || GoPackage.CarriesSynchronisation(frames[index].Location.Function))
                    continue;
                var values = frames[index].Arguments.Where(item => item is { Kind: ArgumentKind.Value, IsStale: false, Value: >= LeastAddress }).Select(item => item.Value).ToHashSet();
                foreach (var address in values.Where(value => kinds.TryGetValue(value, out var kind) && !IsLock(kind)))
                    yield return new Claim(goroutine.Id, address, IsHolder: false);
                if (code is null || image.FindAddress(goroutine.Stack, index) is not { } pc || !image.Binary!.TryFindFunction(pc - 1, out var function) || !code.Locks(function.Index))
                    continue;
                var isPast = code.IsPastLock(function.Index, pc - 1, isWaiting);
                isWaiting = false;
                if (!isPast)
                    continue;
                foreach (var address in locks.Where(address => values.Any(value => value == address || (value < address && pointers.GetValueOrDefault(address) == value))))
                    yield return new Claim(goroutine.Id, address, IsHolder: true);
            }
        }
    }

    private static bool IsLock(WaitNodeKind kind) => kind is WaitNodeKind.Mutex or WaitNodeKind.RWMutex;

    /// <summary>For each lock the closest pointer at or before it that any goroutine has as an argument: it leads to the object around the lock.</summary>
    private static Dictionary<ulong, ulong> Pointers(CrashReport report, ulong[] locks)
    {
        var closest = new Dictionary<ulong, ulong>();
        foreach (var goroutine in report.Goroutines)
        {
            foreach (var frame in goroutine.Frames)
            {
                foreach (var item in frame.Arguments)
                {
                    if (item.Kind != ArgumentKind.Value || item.Value < LeastAddress)
                        continue;
                    for (var index = ~Array.BinarySearch(locks, item.Value) is var next and >= 0 ? next : Array.BinarySearch(locks, item.Value); index < locks.Length && locks[index] - item.Value < LargestOffset; index++)
                        closest[locks[index]] = Math.Max(closest.GetValueOrDefault(locks[index]), item.Value);
                }
            }
        }

        return closest;
    }
}
