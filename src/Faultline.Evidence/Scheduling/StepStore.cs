namespace Faultline.Evidence.Scheduling;

/// <summary>Keeps the first steps, the last ones and those with the longest queues; everything is folded into buckets as well. Bounded.</summary>
internal sealed class StepStore
{
    private readonly List<SchedulerStep> first = [];
    private readonly Queue<SchedulerStep> last = [];
    private readonly PriorityQueue<SchedulerStep, (long Queued, long Earliness)> worst = new();
    private readonly List<StepBucket> buckets = [];
    private long bucketSpan = 1;

    public long Count { get; private set; }

    /// <summary>Each covers the same number of steps, the last one perhaps fewer.</summary>
    public IReadOnlyList<StepBucket> Buckets => buckets;

    public void Add(SchedulerStep step)
    {
        Count++;
        if (first.Count < SchedulerLimits.EndStepCount)
        {
            first.Add(step);
        }
        else
        {
            last.Enqueue(step);
            if (last.Count > SchedulerLimits.EndStepCount)
                last.Dequeue();
        }

        if (step.Queued is > 0)
        {
            worst.Enqueue(step, (step.Queued.Value, -step.Index));
            if (worst.Count > SchedulerLimits.WorstStepCount)
                worst.Dequeue();
        }

        Fold(StepBucket.Of(step));
    }

    /// <summary>The kept ones, each once, in the order of the log.</summary>
    public IReadOnlyList<SchedulerStep> Kept() => [.. first.Concat(last).Concat(Worst()).DistinctBy(step => step.Index).OrderBy(step => step.Index)];

    /// <summary>The longest queues first.</summary>
    public IReadOnlyList<SchedulerStep> Worst() => [.. worst.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element)];

    private void Fold(StepBucket one)
    {
        if (buckets.Count > 0 && buckets[^1].LastStep - buckets[^1].FirstStep + 1 < bucketSpan)
        {
            buckets[^1] = buckets[^1].With(one);
            return;
        }

        if (buckets.Count == SchedulerLimits.BucketCount)
        {
            for (int index = 0; index < SchedulerLimits.BucketCount / 2; index++)
                buckets[index] = buckets[2 * index].With(buckets[2 * index + 1]);
            buckets.RemoveRange(SchedulerLimits.BucketCount / 2, SchedulerLimits.BucketCount / 2);
            bucketSpan *= 2;
        }

        buckets.Add(one);
    }
}
