namespace Faultline.Binaries.Code;

/// <summary>
/// The variables of a stack frame whose address is taken, as offsets from the stack pointer at entry. Their content can change behind the
/// back of the function, so it is looked up among all stores and never carried along like that of other slots.
/// </summary>
internal sealed class StackObjects
{
    private readonly long[] starts;
    private readonly long[] ends;

    /// <param name="objects">Start and size of each object, in any order.</param>
    public StackObjects(IEnumerable<(long Start, long Size)> objects)
    {
        (long Start, long Size)[] sorted = [.. objects.Where(o => o.Size > 0).Distinct().OrderBy(o => o.Start).ThenByDescending(o => o.Size)];
        starts = [.. sorted.Select(o => o.Start)];
        ends = [.. sorted.Select(o => o.Start + o.Size)];
    }

    public static StackObjects None { get; } = new([]);

    /// <summary>The object that holds an offset. Objects that share a place (their lifetimes do not meet) count as the one that starts first.</summary>
    public bool TryFind(long offset, out long start) => TryFind(offset, out start, out _);

    /// <inheritdoc cref="TryFind(long, out long)"/>
    public bool TryFind(long offset, out long start, out long size)
    {
        int index = Array.BinarySearch(starts, offset);
        index = index >= 0 ? index : ~index - 1;
        for (int i = index; i >= 0 && i > index - 8; i--)
        {
            if (offset < ends[i])
            {
                start = starts[i];
                size = ends[i] - start;
                return true;
            }
        }
        start = 0;
        size = 0;
        return false;
    }
}
