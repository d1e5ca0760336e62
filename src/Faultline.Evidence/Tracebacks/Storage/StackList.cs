using System.Collections;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>The distinct stacks of one report, made when asked for and then always the same object.</summary>
internal sealed class StackList(TracebackStore store, int[] leaves) : IReadOnlyList<StackTrace>
{
    private readonly StackTrace?[] made = new StackTrace?[leaves.Length];

    public int Count => leaves.Length;

    public StackTrace this[int index] => made[index] ?? Make(index);

    public IEnumerator<StackTrace> GetEnumerator()
    {
        for (int index = 0; index < leaves.Length; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private StackTrace Make(int index)
    {
        int[] path = store.PathOf(leaves[index], out FrameEntry? creation);
        var locations = new FrameLocation[path.Length];
        for (int at = 0; at < path.Length; at++)
            locations[at] = store.Frames[path[at]].Location;
        var stack = new StackTrace { Index = index, Locations = locations, CreatedBy = creation?.Location };
        return Interlocked.CompareExchange(ref made[index], stack, null) ?? stack;
    }
}
