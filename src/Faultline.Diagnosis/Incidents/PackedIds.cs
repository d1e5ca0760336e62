using System.Collections;

namespace Faultline.Diagnosis.Incidents;

/// <summary>
/// Ids of goroutines as runs, in the order in which they came, in two bytes a run where they nearly ascend: a million goroutines that take turns in their
/// stacks have no two neighbours in one bucket.
/// </summary>
internal sealed class PackedIds : IEnumerable<GoroutineRun>
{
    private readonly List<byte> _bytes = [];
    private long _packedEnd;
    private long _first;
    private int _count;

    public void Add(long id)
    {
        if (_count > 0 && id == _first + _count)
        {
            _count++;
            return;
        }

        if (_count > 0)
        {
            // Zigzag: a small number for a small step in either direction.
            long gap = _first - _packedEnd;
            Pack((ulong)((gap << 1) ^ (gap >> 63)));
            Pack((ulong)_count);
            _packedEnd = _first + _count;
        }

        (_first, _count) = (id, 1);
    }

    public IEnumerator<GoroutineRun> GetEnumerator()
    {
        long end = 0;
        for (int at = 0; at < _bytes.Count;)
        {
            ulong zigzag = Unpack(ref at);
            long first = end + ((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
            int count = (int)Unpack(ref at);
            end = first + count;
            yield return new GoroutineRun(first, count);
        }

        if (_count > 0)
            yield return new GoroutineRun(_first, _count);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Pack(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }

    private ulong Unpack(ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = _bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
