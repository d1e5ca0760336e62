using Faultline.Diagnosis.Incidents;
using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>Goroutines with equal states and stacks, largest bucket first.</summary>
internal static class GoroutineBuckets
{
    public const int ShownIds = 16;

    /// <summary>Those of a crash that a log reports.</summary>
    public static void Write(Incident incident, ICoreOutput output, CoreView view)
    {
        List<GoroutineBucket> buckets = [.. incident.Buckets.Where(bucket => Matches(view.Match, bucket.Status, bucket.Frames.Select(frame => (frame.Function, frame.File))))];
        output.Text("source", incident.Log.Source);
        output.Number("goroutines", incident.GoroutineCount);
        output.OpenList("buckets", buckets.Count);
        foreach (GoroutineBucket bucket in buckets.Skip((int)view.Skip).Take((int)(view.Top ?? int.MaxValue)))
        {
            output.OpenItem();
            output.Number("count", bucket.Count);
            output.Text("state", bucket.Status);
            if (bucket.WaitMinutes is { } minutes)
                output.Number("waitMinutes", minutes);
            output.Text("ids", string.Join(' ', bucket.Goroutines) + (bucket.Count > bucket.Goroutines.Count ? " …" : ""));
            output.Flag("stackUnavailable", bucket.StackUnavailable);
            output.Frames("frames", bucket.Frames.Select(frame => new ViewFrame(frame.Function, frame.File, frame.Line, frame.Pc, frame.Inlined)));
            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>Those of a process. Nothing of it is needed any more once they are collected.</summary>
    public static IReadOnlyList<Bucket> Collect(RuntimeState state)
    {
        Dictionary<(int Stack, string State), List<ulong>> buckets = [];
        foreach (Goroutine goroutine in state.Goroutines)
        {
            (int, string) key = (state.Stacks.Intern(goroutine, out _), state.Describe(goroutine));
            if (!buckets.TryGetValue(key, out List<ulong>? ids))
                buckets.Add(key, ids = []);
            ids.Add(goroutine.Id);
        }

        return [.. buckets.OrderByDescending(bucket => bucket.Value.Count).ThenBy(bucket => bucket.Value[0]).Select(bucket => new Bucket(bucket.Key.Stack, bucket.Key.State, bucket.Value))];
    }

    public static void Write(IReadOnlyList<Bucket> all, StackSet stacks, FrameNames names, ICoreOutput output, CoreView view)
    {
        List<Bucket> buckets = [.. all.Where(bucket => Matches(view.Match, bucket.State, names.Show(stacks.Frames(bucket.Stack)).Select(frame => (frame.Function, frame.File))))];
        output.Number("goroutines", all.Sum(bucket => bucket.Ids.Count));
        output.OpenList("buckets", buckets.Count);
        foreach (Bucket bucket in buckets.Skip((int)view.Skip).Take((int)(view.Top ?? int.MaxValue)))
        {
            output.OpenItem();
            output.Number("count", bucket.Ids.Count);
            output.Text("state", bucket.State);
            output.Text("ids", string.Join(' ', bucket.Ids.Take(ShownIds)) + (bucket.Ids.Count > ShownIds ? " …" : ""));
            output.Frames("frames", names.Show(stacks.Frames(bucket.Stack)));
            output.CloseItem();
        }

        output.CloseList();
    }

    private static bool Matches(string? match, string state, IEnumerable<(string Function, string File)> frames) =>
        match is null || state.Contains(match, StringComparison.Ordinal)
        || frames.Any(frame => frame.Function.Contains(match, StringComparison.Ordinal) || frame.File.Contains(match, StringComparison.Ordinal));

    /// <param name="Stack">Number of the stack that they share.</param>
    /// <param name="State">As tracebacks print it.</param>
    /// <param name="Ids">In the order of the runtime's table.</param>
    public sealed record Bucket(int Stack, string State, IReadOnlyList<ulong> Ids);
}
