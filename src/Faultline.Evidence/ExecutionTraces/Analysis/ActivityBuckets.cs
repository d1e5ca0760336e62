using System.Runtime.InteropServices;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Collects goroutines into buckets; what comes after the first 65,536 buckets is one of its own for each state.</summary>
internal sealed class ActivityBuckets
{
    private const int Most = 1 << 16;

    private readonly Dictionary<Key, ActivityBucket> _buckets = [];

    public void Add(GoroutineActivity goroutine)
    {
        Key key = new(goroutine.StartFunction, goroutine.State, goroutine.WaitReason, goroutine.WaitStack);
        if (!_buckets.TryGetValue(key, out ActivityBucket? bucket))
        {
            if (_buckets.Count >= Most)
                key = new Key("", goroutine.State, "", TraceStack.None);
            if (!_buckets.TryGetValue(key, out bucket))
                _buckets.Add(key, bucket = new ActivityBucket(key.StartFunction, key.State, key.WaitReason, key.WaitStack));
        }

        bucket.Add(goroutine);
    }

    /// <summary>The program's before the runtime's, largest first; of equal ones the one with more waiting time.</summary>
    public IReadOnlyList<ActivityBucket> ToList() => [.. _buckets.Values.OrderBy(bucket => bucket.IsRuntime).ThenByDescending(bucket => bucket.Count).ThenByDescending(bucket => bucket.Waiting).ThenBy(bucket => bucket.Ids[0])];

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(string StartFunction, TraceState State, string WaitReason, TraceStack WaitStack);
}
