using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Maps;

/// <summary>Where an entry of a <c>sync.Map</c> stands.</summary>
public enum SyncMapEntryState
{
    /// <summary>It has a value.</summary>
    Live,

    /// <summary>Deleted; its key is still in the read part, and in the dirty part if there is one.</summary>
    Deleted,

    /// <summary>Deleted, and left out when the dirty part was made: storing it again has to put it there.</summary>
    Expunged,
}

/// <summary>An entry of a <c>sync.Map</c>. Key and value are interfaces of any type at these addresses.</summary>
/// <param name="Value">0 unless live.</param>
/// <param name="IsInRead">It is found without the lock.</param>
/// <param name="IsInDirty">It is in the part behind the lock.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SyncMapEntry(ulong Key, ulong Value, SyncMapEntryState State, bool IsInRead, bool IsInDirty);

/// <summary>What happens at the next look-up of a key that the read part lacks (before Go 1.24).</summary>
public enum SyncMapNextMiss
{
    /// <summary>The answer is "absent" at once: no key is outside the read part.</summary>
    NoLock,

    /// <summary>The lock is taken, and the miss is counted.</summary>
    Counted,

    /// <summary>The lock is taken, and the dirty part becomes the read part; the store after that copies the whole map.</summary>
    Promotes,
}

/// <summary>A <c>sync.Map</c>: a read part and a dirty part before Go 1.24, a trie of hashes since.</summary>
public sealed class SyncMap
{
    private const int EntryLimit = 4 * 1024 * 1024;
    private const int TrieDepth = 17;
    private const int ChildCount = 16;
    private const int LastReleaseOfParts = 23;
    private const string TrieExperiment = "nosynchashtriemap";

    private readonly List<SyncMapEntry> _entries = [];

    private SyncMap(ulong address) => Address = address;

    public ulong Address { get; }

    /// <summary>The design of Go 1.24 and later.</summary>
    public bool IsTrie { get; private init; }

    public IReadOnlyList<SyncMapEntry> Entries => _entries;

    /// <summary>Entries that have a value.</summary>
    public int Count => _entries.Count(entry => entry.State == SyncMapEntryState.Live);

    /// <summary>Keys of the read part; 0 in a trie.</summary>
    public long ReadCount { get; private set; }

    /// <summary>Keys of the dirty part; 0 when there is none.</summary>
    public long DirtyCount { get; private set; }

    /// <summary>The dirty part has keys that the read part lacks.</summary>
    public bool IsAmended { get; private set; }

    /// <summary>Look-ups that went to the dirty part since it was made.</summary>
    public long Misses { get; private set; }

    /// <summary>The map of the dirty part; 0 when there is none. Another goroutine writes it under the lock.</summary>
    public ulong DirtyAddress { get; private set; }

    /// <summary>Means nothing for a trie.</summary>
    public SyncMapNextMiss NextMiss =>
        !IsAmended ? SyncMapNextMiss.NoLock : Misses + 1 < DirtyCount ? SyncMapNextMiss.Counted : SyncMapNextMiss.Promotes;

    /// <summary>Null when the memory is not there.</summary>
    public static SyncMap? TryRead(RuntimeState state, ulong address)
    {
        var hasParts = state.Layouts.Has("sync.readOnly")
            || (state.Binary.BuildInfo?.Experiments.Contains(TrieExperiment, StringComparer.Ordinal) ?? false);
        return hasParts ? ReadParts(state, address) : ReadTrie(state, address);
    }

    private static SyncMap? ReadParts(RuntimeState state, ulong address)
    {
        var memory = state.Memory;
        var release = Math.Min(state.Layouts.Release, LastReleaseOfParts);
        if (StructLayouts.For(release, state.Binary.Architecture, [])?.Find("sync.Map") is not { } layout)
            return null;
        var (read, dirty, misses) = (layout.OffsetOf("read") ?? 0, layout.OffsetOf("dirty") ?? 0, layout.OffsetOf("misses") ?? 0);

        // Before Go 1.20 the read part hung in an atomic.Value: an interface, whose second word is the pointer.
        if (layout.TryFind("read", out var field) && field.Size == 16)
            read += 8;
        if (!memory.TryReadUInt64(address + (ulong)misses, out var count))
            return null;
        var map = new SyncMap(address) { Misses = (long)count, DirtyAddress = memory.ReadUInt64(address + (ulong)dirty) };
        var parts = memory.ReadUInt64(address + (ulong)read);
        map.IsAmended = parts != 0 && memory.ReadByte(parts + 8) != 0;

        var places = new Dictionary<ulong, (ulong Key, bool IsInRead, bool IsInDirty)>();
        map.ReadCount = Collect(state, parts == 0 ? 0 : memory.ReadUInt64(parts), places, isDirty: false);
        map.DirtyCount = Collect(state, map.DirtyAddress, places, isDirty: true);
        foreach (var (entry, place) in places)
        {
            var pointer = memory.ReadUInt64(entry);
            var entryState = pointer == 0 ? SyncMapEntryState.Deleted : IsExpunged(state, pointer) ? SyncMapEntryState.Expunged : SyncMapEntryState.Live;
            map._entries.Add(new SyncMapEntry(place.Key, entryState == SyncMapEntryState.Live ? pointer : 0, entryState, place.IsInRead, place.IsInDirty));
        }

        return map;
    }

    /// <summary>Adds the entries of one part, which are shared by both: <c>map[any]*entry</c>.</summary>
    private static long Collect(RuntimeState state, ulong map, Dictionary<ulong, (ulong Key, bool IsInRead, bool IsInDirty)> places, bool isDirty)
    {
        var layout = MapLayout.ForSizes(!state.Layouts.Has("runtime.hmap"), keySize: 16, elementSize: 8);
        if (map == 0 || GoMap.TryRead(state.Memory, state.Layouts, layout, map) is not { } part)
            return 0;
        foreach (var slot in part.Entries())
        {
            if (places.Count >= EntryLimit)
                break;
            if (!state.Memory.TryReadPointer(slot.Element, out var entry))
                continue;
            var known = places.GetValueOrDefault(entry, (slot.Key, IsInRead: false, IsInDirty: false));
            places[entry] = isDirty ? (known.Key, known.IsInRead, true) : (known.Key, true, known.IsInDirty);
        }

        return part.Count;
    }

    /// <summary>The mark is a variable of the program, and values never are: without symbols that tells it.</summary>
    private static bool IsExpunged(RuntimeState state, ulong pointer)
    {
        if (state.Globals.Expunged != 0)
            return pointer == state.Globals.Expunged;
        return state.Memory.ReadUInt64(pointer) == 0 && state.Memory.ReadUInt64(pointer + 8) == 0
            && (state.Binary.Moduledata?.DataRanges.Any(range => pointer - state.LoadBias >= range.Start && pointer - state.LoadBias < range.End) ?? false);
    }

    private static SyncMap? ReadTrie(RuntimeState state, ulong address)
    {
        var root = state.Layouts.Offset("internal/sync.HashTrieMap", "root");
        if (root < 0 || !state.Memory.TryReadUInt64(address + (ulong)root, out var node))
            return null;
        var map = new SyncMap(address) { IsTrie = true };
        if (node != 0)
            map.Walk(state.Memory, new TrieOffsets(state.Layouts), node, TrieDepth, []);
        return map;
    }

    /// <param name="seen">A node is reached once only, unless memory is damaged.</param>
    private void Walk(TargetMemory memory, TrieOffsets offsets, ulong node, int depth, HashSet<ulong> seen)
    {
        if (depth == 0 || !seen.Add(node))
            return;
        if (memory.ReadByte(node) == 0)
        {
            for (var child = 0; child < ChildCount; child++)
            {
                if (memory.TryReadPointer(node + (ulong)(offsets.Children + (child * 8)), out var next))
                    Walk(memory, offsets, next, depth - 1, seen);
            }

            return;
        }

        // Entries with one hash hang in a chain.
        while (node != 0 && _entries.Count < EntryLimit)
        {
            _entries.Add(new SyncMapEntry(node + (ulong)offsets.Key, node + (ulong)offsets.Value, SyncMapEntryState.Live, IsInRead: true, IsInDirty: false));
            node = memory.ReadUInt64(node + (ulong)offsets.Overflow);
            if (!seen.Add(node))
                break;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct TrieOffsets(RuntimeLayouts layouts)
    {
        public int Children { get; } = layouts.Offset("internal/sync.indirect", "children");

        public int Overflow { get; } = layouts.Offset("internal/sync.entry", "overflow");

        public int Key { get; } = layouts.Offset("internal/sync.entry", "key");

        public int Value { get; } = layouts.Offset("internal/sync.entry", "value");
    }
}
