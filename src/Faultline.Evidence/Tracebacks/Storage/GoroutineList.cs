using System.Collections;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>The goroutines of one report, made when asked for and then always the same object.</summary>
internal sealed class GoroutineList(TracebackStore store, StackList stacks, int first, int count) : IReadOnlyList<GoroutineTrace>
{
    private GoroutineTrace?[]? made;

    public int Count => count;

    public GoroutineTrace this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
            GoroutineTrace?[] all = made ?? Interlocked.CompareExchange(ref made, new GoroutineTrace?[count], null) ?? made;
            return all[index] ?? Interlocked.CompareExchange(ref all[index], new GoroutineTrace(store, stacks, first + index), null) ?? all[index]!;
        }
    }

    public IEnumerator<GoroutineTrace> GetEnumerator()
    {
        for (int index = 0; index < count; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
