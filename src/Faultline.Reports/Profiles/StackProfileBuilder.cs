namespace Faultline.Reports.Profiles;

/// <summary>Collects stacks; equal ones with equal labels count together. Not thread-safe.</summary>
public sealed class StackProfileBuilder(string source, string unit)
{
    /// <summary>Samples kept apart: some hundred megabytes.</summary>
    private const int MostSamples = 1 << 20;

    private readonly Dictionary<(int Stack, ProfileLabels Labels), long> _counts = [];
    private readonly List<IReadOnlyList<ProfileFrame>> _stacks = [];

    /// <summary>Counts that are in samples without labels, because there were too many different ones.</summary>
    public long UnlabelledCount { get; private set; }

    /// <summary>Takes a stack, which the caller then names by number.</summary>
    /// <param name="frames">Innermost first.</param>
    public int AddStack(IReadOnlyList<ProfileFrame> frames)
    {
        _stacks.Add(frames);
        return _stacks.Count - 1;
    }

    public void Add(int stack, in ProfileLabels labels, long count)
    {
        var key = (stack, labels);
        if (_counts.Count >= MostSamples && !_counts.ContainsKey(key))
        {
            UnlabelledCount += count;
            key = (stack, default);
        }

        _counts[key] = _counts.GetValueOrDefault(key) + count;
    }

    public StackProfile Build(long durationNanoseconds = 0) =>
        new(source, unit, [.. _counts.Select(item => new ProfileSample(_stacks[item.Key.Stack], item.Key.Labels, item.Value))], durationNanoseconds);
}
