using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>
/// The memory that a core file holds, read where it lies. Pages that were read are given back once there are many, so that a walk over all of a
/// large core does not fill memory. Thread-safe until the file is disposed.
/// </summary>
internal sealed class CoreAddressSpace : IAddressSpace
{
    /// <summary>The kernel maps this much around a page that is missing.</summary>
    private const int BlockShift = 16;
    private const int BlockLimit = 96 * 16;

    /// <summary>Reads from this size on are copied by the system: that is faster than taking each of their pages in.</summary>
    private const int CopySize = 8192;

    private readonly MappedFile _file;
    private readonly byte[] _isTouched;
    private int _touchedCount;
    private readonly CoreSegment[] _segments;
    private readonly ulong[] _starts;

    /// <param name="segments">In any order; where they overlap the one that starts first wins.</param>
    public CoreAddressSpace(MappedFile file, IEnumerable<CoreSegment> segments)
    {
        _file = file;
        _isTouched = new byte[(file.Length >> BlockShift) + 1];
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
            var offset = segment.Offset + (long)(at - segment.Start);
            if (count >= CopySize)
            {
                if (!_file.TryCopy(offset, buffer.Slice(total, count)))
                    break;
            }
            else
            {
                if (!_file.TrySlice(offset, count, out var bytes))
                    break;
                Touch(offset, count);
                bytes.CopyTo(buffer[total..]);
            }

            total += count;
        }

        return total;
    }

    public ulong NextAddress(ulong address)
    {
        var next = IndexOf(address) + 1;
        return next < _starts.Length ? _starts[next] : ulong.MaxValue;
    }

    /// <summary>Threads that meet here only miscount.</summary>
    private void Touch(long offset, int count)
    {
        for (var block = offset >> BlockShift; block <= (offset + count - 1) >> BlockShift; block++)
        {
            if (_isTouched[block] != 0)
                continue;
            _isTouched[block] = 1;
            if (++_touchedCount < BlockLimit)
                continue;
            _touchedCount = 0;
            Array.Clear(_isTouched);
            _file.ReleasePages(0, _file.Length);
        }
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
