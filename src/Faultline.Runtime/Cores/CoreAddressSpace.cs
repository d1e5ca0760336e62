using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>The memory that a core file holds, read where it lies. Thread-safe until the file is disposed.</summary>
internal sealed class CoreAddressSpace : IAddressSpace
{
    private readonly MappedFile _file;
    private readonly CoreSegment[] _segments;
    private readonly ulong[] _starts;

    /// <param name="segments">In any order; where they overlap the one that starts first wins.</param>
    public CoreAddressSpace(MappedFile file, IEnumerable<CoreSegment> segments)
    {
        _file = file;
        _segments = [.. WithoutOverlaps(segments.OrderBy(segment => segment.Start))];
        _starts = Array.ConvertAll(_segments, segment => segment.Start);
    }

    public IReadOnlyList<CoreSegment> Segments => _segments;

    public int Read(ulong address, Span<byte> buffer)
    {
        var total = 0;
        var index = IndexOf(address);
        while (total < buffer.Length && (uint)index < (uint)_segments.Length)
        {
            var segment = _segments[index++];
            var at = address + (ulong)total;
            if (at < segment.Start || at >= segment.End)
                break;
            var count = (int)Math.Min(segment.End - at, (ulong)(buffer.Length - total));
            if (!_file.TrySlice(segment.Offset + (long)(at - segment.Start), count, out var bytes))
                break;
            bytes.CopyTo(buffer[total..]);
            total += count;
        }

        return total;
    }

    public ulong NextAddress(ulong address)
    {
        var next = IndexOf(address) + 1;
        return next < _starts.Length ? _starts[next] : ulong.MaxValue;
    }

    /// <summary>The last segment that starts at or below an address; -1 when there is none.</summary>
    private int IndexOf(ulong address)
    {
        var index = Array.BinarySearch(_starts, address);
        return index >= 0 ? index : ~index - 1;
    }

    private static IEnumerable<CoreSegment> WithoutOverlaps(IEnumerable<CoreSegment> ordered)
    {
        var end = 0UL;
        foreach (var segment in ordered)
        {
            var start = Math.Max(segment.Start, end);
            if (start >= segment.End)
                continue;
            yield return new CoreSegment(start, segment.End, segment.Offset + (long)(start - segment.Start));
            end = segment.End;
        }
    }
}
