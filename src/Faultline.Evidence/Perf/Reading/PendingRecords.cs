namespace Faultline.Evidence.Perf.Reading;

/// <summary>
/// Records that wait until no earlier one can follow. Each processor's buffer is written in turns, so a file is not in the order of time, but
/// nothing moves across two of the recorder's round marks: what is older than all of the round before can go at the end of a round.
/// Only times and positions are held.
/// </summary>
internal sealed class PendingRecords
{
    private ulong[] _times = new ulong[4096];
    private long[] _positions = new long[4096];
    private int _count;
    private int _next;
    private int _ready;
    private bool _isSorted = true;
    private ulong _latest;
    private ulong _latestOfRoundBefore;

    /// <summary>All records up to this time have been added, by the word of the recorder's last mark; 0 before there are two.</summary>
    public ulong CompleteUntil { get; private set; }

    /// <summary>Records that wait, with those that are ready.</summary>
    public int Count => _count - _next;

    public bool IsFull => Count >= PerfLimits.PendingRecordCount;

    public void Add(ulong time, long position)
    {
        if (_count == _times.Length)
            MakeRoom();
        if (_count > _ready && time < _times[_count - 1])
            _isSorted = false;
        _times[_count] = time;
        _positions[_count] = position;
        _count++;
        _latest = Math.Max(_latest, time);
    }

    /// <summary>The next record that is ready, in the order of time; records of the same time in the order of the file.</summary>
    public bool TryTake(out ulong time, out long position)
    {
        if (_next == _ready)
        {
            (time, position) = (0, 0);
            return false;
        }

        (time, position) = (_times[_next], _positions[_next]);
        _next++;
        return true;
    }

    /// <summary>The recorder has been through all buffers once more.</summary>
    public void FinishRound()
    {
        CompleteUntil = _latestOfRoundBefore;
        MakeReady(CompleteUntil);
        _latestOfRoundBefore = _latest;
    }

    /// <summary>Lets go of the earlier half, because too much waits.</summary>
    public void MakeHalfReady()
    {
        Sort();
        MakeReady(_times[_next + (Count / 2)]);
    }

    public void MakeAllReady() => MakeReady(ulong.MaxValue);

    // Only called when nothing is ready, so the ready part is empty.
    private void MakeReady(ulong limit)
    {
        Sort();
        int low = _next;
        int high = _count;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_times[middle] <= limit)
                low = middle + 1;
            else
                high = middle;
        }

        _ready = low;
    }

    private void Sort()
    {
        if (_isSorted)
            return;
        int count = Count;
        Array.Sort(_times, _positions, _next, count);
        for (int first = _next; first < _count;)
        {
            int last = first + 1;
            while (last < _count && _times[last] == _times[first])
                last++;
            if (last - first > 1)
                _positions.AsSpan(first..last).Sort(static (left, right) => InFileOrder(left).CompareTo(InFileOrder(right)));
            first = last;
        }

        _isSorted = true;
    }

    // Places in unpacked blocks are negative and fall as the file goes on.
    private static long InFileOrder(long position) => position < 0 ? ~position : position;

    private void MakeRoom()
    {
        int count = Count;
        int ready = _ready - _next;
        if (_next < _count / 2)
        {
            Array.Resize(ref _times, _times.Length * 2);
            Array.Resize(ref _positions, _positions.Length * 2);
            return;
        }

        _times.AsSpan(_next, count).CopyTo(_times);
        _positions.AsSpan(_next, count).CopyTo(_positions);
        (_next, _ready, _count) = (0, ready, count);
    }
}
