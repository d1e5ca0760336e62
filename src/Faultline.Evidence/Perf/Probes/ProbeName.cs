using System.Globalization;
using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>
/// Name of a probe event, such as <c>faultline_1f2e3d4c:map_write_3</c>: a group that is unique to a recording, the kind, and a number
/// within the kind. Names carry the meaning, so that a recording made by hand from a printed plan reads like one of faultline's own.
/// </summary>
/// <param name="Group">Such as <c>faultline_1f2e3d4c</c>.</param>
/// <param name="Kind">What the probe observes.</param>
/// <param name="Index">From 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProbeName(string Group, ProbeKind Kind, int Index)
{
    /// <summary>How every group of faultline's begins.</summary>
    public const string GroupPrefix = "faultline";

    private static readonly (ProbeKind Kind, string Word)[] s_words =
    [
        (ProbeKind.MapRead, "map_read"),
        (ProbeKind.MapWrite, "map_write"),
        (ProbeKind.MapDelete, "map_delete"),
        (ProbeKind.MapIterate, "map_iterate"),
        (ProbeKind.MapClear, "map_clear"),
        (ProbeKind.MapClone, "map_clone"),
        (ProbeKind.Done, "done"),
        (ProbeKind.Fatal, "fatal"),
        (ProbeKind.Throw, "throw"),
        (ProbeKind.Panic, "panic"),
        (ProbeKind.Park, "park"),
        (ProbeKind.Exit, "exit"),
        (ProbeKind.ChanSend, "chan_send"),
        (ProbeKind.ChanReceive, "chan_receive"),
        (ProbeKind.ChanClose, "chan_close"),
        (ProbeKind.Lock, "lock"),
        (ProbeKind.Unlock, "unlock"),
        (ProbeKind.ReadLock, "read_lock"),
        (ProbeKind.ReadUnlock, "read_unlock"),
        (ProbeKind.SliceGrow, "slice_grow"),
        (ProbeKind.SliceLeave, "slice_leave"),
        (ProbeKind.SliceGrown, "slice_grown"),
        (ProbeKind.ArrayRead, "array_read"),
        (ProbeKind.ArrayWrite, "array_write"),
        (ProbeKind.SliceAccess, "slice_access"),
        (ProbeKind.CollectionStart, "collection_start"),
        (ProbeKind.MapGrow, "map_grow"),
        (ProbeKind.SyncMap, "sync_map"),
        (ProbeKind.Function, "function"),
    ];

    /// <summary>The event's name without its group, such as <c>map_write_3</c>.</summary>
    public string Event => string.Create(CultureInfo.InvariantCulture, $"{WordOf(Kind)}_{Index}");

    public override string ToString() => $"{Group}:{Event}";

    /// <summary>Reads <c>GROUP:EVENT</c>; false for events that are not faultline's.</summary>
    public static bool TryParse(string name, out ProbeName parsed)
    {
        parsed = default;
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !name.StartsWith(GroupPrefix, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> rest = name.AsSpan(colon + 1);
        int split = rest.LastIndexOf('_');
        if (split < 0 || !int.TryParse(rest[(split + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return false;
        foreach ((ProbeKind kind, string word) in s_words)
        {
            if (!rest[..split].SequenceEqual(word))
                continue;
            parsed = new ProbeName(name[..colon], kind, index);
            return true;
        }

        return false;
    }

    private static string WordOf(ProbeKind kind)
    {
        foreach ((ProbeKind candidate, string word) in s_words)
        {
            if (candidate == kind)
                return word;
        }

        throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null);
    }
}
