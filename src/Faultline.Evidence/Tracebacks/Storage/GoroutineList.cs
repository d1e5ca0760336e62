using System.Collections;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>The goroutines of one report, made when asked for and not kept: a million of them would weigh as much as the log.</summary>
internal sealed class GoroutineList(TracebackStore store, StackList stacks, int first, int count) : IReadOnlyList<GoroutineTrace>
{
    public int Count => count;

    public GoroutineTrace this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
            return new GoroutineTrace(store, stacks, first + index);
        }
    }

    public IEnumerator<GoroutineTrace> GetEnumerator()
    {
        for (int index = 0; index < count; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
