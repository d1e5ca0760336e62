namespace Faultline.Runtime.Unwinding;

/// <summary>
/// Gives equal stacks one number: programs have few different ones, seen very often. Stacks are kept as the numbers of their places; a
/// stack seen before allocates nothing. Not thread-safe.
/// </summary>
/// <param name="cache">Numbers the places.</param>
public sealed class StackInterner(FrameCache cache)
{
    /// <summary>Places of all stacks together; a recording with more different stacks gets no more numbers.</summary>
    private const int PlaceLimit = 32 * 1024 * 1024;

    private const int FirstSize = 1024;

    private readonly FrameCache _cache = cache;
    private int[] _places = new int[FirstSize];
    private int _placeCount;

    // Where the places of each stack end, and its hash.
    private readonly List<(int End, int Hash)> _stacks = [];

    // An open hash table of stack numbers plus one.
    private int[] _table = new int[FirstSize];

    /// <summary>How many different stacks there are.</summary>
    public int Count => _stacks.Count;

    /// <summary>The number of a stack; -1 when the stacks are too many to keep.</summary>
    /// <param name="frames">Innermost first.</param>
    /// <param name="loadBias">Address in the process minus link-time address.</param>
    public int Intern(ReadOnlySpan<StackFrame> frames, ulong loadBias)
    {
        EnsureRoom(frames.Length);
        if (_places.Length - _placeCount < frames.Length)
            return -1;
        var places = _places.AsSpan(_placeCount, frames.Length);
        var hash = 0UL;
        for (var index = 0; index < frames.Length; index++)
        {
            var place = _cache.NumberOf(frames[index], loadBias);
            if (place < 0)
                return -1;
            places[index] = place;
            hash = (hash ^ (uint)place) * 0x9E37_79B9_7F4A_7C15;
            hash ^= hash >> 29;
        }

        return Find(places, (int)(hash >> 33));
    }

    /// <summary>The places of a stack, innermost first; valid until the next stack is added.</summary>
    public ReadOnlySpan<int> PlacesOf(int stack)
    {
        var start = stack == 0 ? 0 : _stacks[stack - 1].End;
        return _places.AsSpan(start, _stacks[stack].End - start);
    }

    private int Find(ReadOnlySpan<int> places, int hash)
    {
        var mask = _table.Length - 1;
        var slot = hash & mask;
        for (; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            var known = _table[slot] - 1;
            if (_stacks[known].Hash == hash && PlacesOf(known).SequenceEqual(places))
                return known;
        }

        _placeCount += places.Length;
        _stacks.Add((_placeCount, hash));
        _table[slot] = _stacks.Count;
        if (2 * _stacks.Count > _table.Length)
            GrowTable();
        return _stacks.Count - 1;
    }

    private void GrowTable()
    {
        _table = new int[2 * _table.Length];
        var mask = _table.Length - 1;
        for (var stack = 0; stack < _stacks.Count; stack++)
        {
            var slot = _stacks[stack].Hash & mask;
            while (_table[slot] != 0)
                slot = (slot + 1) & mask;
            _table[slot] = stack + 1;
        }
    }

    private void EnsureRoom(int count)
    {
        if (_places.Length - _placeCount >= count || _places.Length >= PlaceLimit)
            return;
        var size = _places.Length;
        while (size - _placeCount < count && size < PlaceLimit)
            size *= 2;
        Array.Resize(ref _places, size);
    }
}
