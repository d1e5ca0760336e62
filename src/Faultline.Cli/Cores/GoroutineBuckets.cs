using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>Goroutines with equal states and stacks, largest bucket first.</summary>
internal static class GoroutineBuckets
{
    public const int ShownIds = 16;

    public static void Write(CoreSession core, ICoreOutput output, long skip, long? top)
    {
        Dictionary<(int Stack, string State), List<ulong>> buckets = [];
        foreach (Goroutine goroutine in core.State.Goroutines)
        {
            (int, string) key = (core.State.Stacks.Intern(goroutine, out _), core.State.Describe(goroutine));
            if (!buckets.TryGetValue(key, out List<ulong>? ids))
                buckets.Add(key, ids = []);
            ids.Add(goroutine.Id);
        }

        output.Number("goroutines", core.State.Goroutines.Count);
        output.OpenList("buckets", buckets.Count);
        foreach (((int stack, string state), List<ulong> ids) in buckets.OrderByDescending(bucket => bucket.Value.Count).ThenBy(bucket => bucket.Value[0]).Skip((int)skip).Take((int)(top ?? int.MaxValue)))
        {
            output.OpenItem();
            output.Number("count", ids.Count);
            output.Text("state", state);
            output.Text("ids", string.Join(' ', ids.Take(ShownIds)) + (ids.Count > ShownIds ? " …" : ""));
            output.Frames("frames", core.State.Stacks.Set.Frames(stack));
            output.CloseItem();
        }

        output.CloseList();
    }
}
