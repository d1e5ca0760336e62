using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Goroutines of one report grouped by equal stack, creator and status, largest group first.</summary>
internal static class GoroutineBuckets
{
    private const int MostIds = 16;

    public static IReadOnlyList<GoroutineBucket> Build(CrashReport report, ProgramImage image)
    {
        var groups = new Dictionary<(StackTrace Stack, string Status, bool Unavailable), Group>();
        foreach (var goroutine in report.Goroutines)
        {
            var key = (goroutine.Stack, goroutine.Status, goroutine.IsStackUnavailable);
            if (!groups.TryGetValue(key, out var group))
            {
                group = new Group(goroutine);
                groups.Add(key, group);
            }

            group.Add(goroutine);
        }

        return groups.Values
            .OrderByDescending(group => group.Count)
            .ThenBy(group => group.First.PrintOrder)
            .Select(group => group.ToBucket(image))
            .ToList();
    }

    private sealed class Group(GoroutineTrace first)
    {
        private readonly PriorityQueue<long, long> _smallest = new();
        private readonly PackedIds _ids = new();
        private long? _wait;

        public GoroutineTrace First { get; } = first;

        public int Count { get; private set; }

        public void Add(GoroutineTrace goroutine)
        {
            Count++;
            if (goroutine.Header.WaitMinutes is { } minutes)
                _wait = Math.Max(_wait ?? 0, minutes);
            _ids.Add(goroutine.Id);
            if (_smallest.Count < MostIds)
                _smallest.Enqueue(goroutine.Id, -goroutine.Id);
            else
                _smallest.EnqueueDequeue(goroutine.Id, -goroutine.Id);
        }

        public GoroutineBucket ToBucket(ProgramImage image) => new()
        {
            Count = Count,
            Status = First.Status,
            WaitMinutes = _wait,
            Goroutines = _smallest.UnorderedItems.Select(item => item.Element).Order().ToList(),
            Runs = _ids,
            Frames = AccessFrames.OfStack(First.Stack, image),
            CreatedBy = AccessFrames.OfCreation(First.CreatedBy, image),
            StackUnavailable = First.IsStackUnavailable,
        };
    }
}
