namespace Faultline.Diagnosis.Appends;

/// <summary>A recorded growth of a slice.</summary>
/// <param name="StartTime">When growslice was entered, on the recorder's clock.</param>
/// <param name="Goroutine">Who appended.</param>
/// <param name="OldAddress">The array that is left.</param>
/// <param name="Extent">Its bytes.</param>
internal sealed record Growth(ulong StartTime, ulong Goroutine, ulong OldAddress, ulong Extent)
{
    /// <summary>When the new array was there.</summary>
    public ulong EndTime { get; init; }

    public ulong NewAddress { get; init; }

    /// <summary>The probed instruction after the call, in the process.</summary>
    public ulong ProbeAddress { get; init; }
}

/// <summary>The arrays of one process that appends have left and that nothing is known to have taken over, found by any address in them.</summary>
internal sealed class LeftArrays
{
    /// <summary>Arrays that are kept.</summary>
    public const int Most = 1 << 15;

    private readonly List<ulong> _starts = [];
    private readonly Dictionary<ulong, Growth> _byStart = [];

    /// <summary>Adds an array, and forgets all that the new array lies on; false when there was no room.</summary>
    public bool Add(Growth growth)
    {
        // The new array is larger than the old one; how much larger is not known.
        if (Find(growth.NewAddress) is { } reused)
            Remove(reused.OldAddress);
        int next = _starts.BinarySearch(growth.NewAddress);
        for (next = next >= 0 ? next : ~next; next < _starts.Count && _starts[next] - growth.NewAddress < growth.Extent;)
            Remove(_starts[next]);
        if (_byStart.ContainsKey(growth.OldAddress))
        {
            _byStart[growth.OldAddress] = growth;
            return true;
        }

        if (_starts.Count >= Most)
            return false;
        _starts.Insert(~_starts.BinarySearch(growth.OldAddress), growth.OldAddress);
        _byStart.Add(growth.OldAddress, growth);
        return true;
    }

    /// <summary>The array that holds an address; null when none does.</summary>
    public Growth? Find(ulong address)
    {
        int index = _starts.BinarySearch(address);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && _byStart[_starts[index]] is var growth && address - growth.OldAddress < growth.Extent ? growth : null;
    }

    private void Remove(ulong start)
    {
        _starts.RemoveAt(_starts.BinarySearch(start));
        _byStart.Remove(start);
    }
}
