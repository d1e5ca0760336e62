using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// The profiler labels of a goroutine (<c>runtime/pprof.Do</c>): a map of strings before Go 1.24, a sorted list of pairs since.
/// </summary>
public static class GoroutineLabels
{
    private const int CountLimit = 64;
    private const int TextLimit = 1024;

    /// <summary>In the order of their names; empty without labels.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(RuntimeState state, in Goroutine goroutine)
    {
        if (goroutine.Labels == 0)
            return [];
        var labels = state.Layouts.Release >= 24 ? ReadList(state.Memory, goroutine.Labels) : ReadMap(state, goroutine.Labels);
        labels.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return labels;
    }

    private static List<KeyValuePair<string, string>> ReadList(TargetMemory memory, ulong address)
    {
        var labels = new List<KeyValuePair<string, string>>();
        var array = memory.ReadUInt64(address);
        var count = Math.Min(memory.ReadUInt64(address + 8), CountLimit);
        for (var index = 0UL; index < count; index++)
        {
            var pair = array + (index * 32);
            if (memory.TryReadString(pair, TextLimit) is { } key && memory.TryReadString(pair + 16, TextLimit) is { } value)
                labels.Add(new(key, value));
        }

        return labels;
    }

    private static List<KeyValuePair<string, string>> ReadMap(RuntimeState state, ulong address)
    {
        var labels = new List<KeyValuePair<string, string>>();
        if (!state.Memory.TryReadPointer(address, out var target)
            || GoMap.TryRead(state.Memory, state.Layouts, MapLayout.ForSizes(isSwiss: false, keySize: 16, elementSize: 16), target) is not { } map)
            return labels;
        foreach (var entry in map.Entries().Take(CountLimit))
        {
            if (state.Memory.TryReadString(entry.Key, TextLimit) is { } key && state.Memory.TryReadString(entry.Element, TextLimit) is { } value)
                labels.Add(new(key, value));
        }

        return labels;
    }
}
