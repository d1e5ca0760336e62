using System.Numerics;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Maps;

/// <summary>
/// A map as it lay in memory, of either implementation. Only its header is read at once; units and entries are walked when asked for. Every
/// walk ends: units are counted, and chains that run in circles are cut.
/// </summary>
public sealed class GoMap
{
    private const int ChainLimit = 64 * 1024;
    private const long UnitLimit = 64 * 1024 * 1024;
    private const int TableLimit = 16 * 1024 * 1024;
    private const byte FirstLiveTopHash = 5;
    private const byte FirstEvacuated = 2;
    private const ulong HighBits = 0x8080808080808080;

    private readonly TargetMemory _memory;
    private readonly RuntimeLayouts _layouts;
    private readonly Lazy<IReadOnlyList<SwissTable>> _tables;

    private GoMap(TargetMemory memory, RuntimeLayouts layouts, MapLayout layout, ulong address, ClassicMap? classic, SwissMap? swiss)
    {
        _memory = memory;
        _layouts = layouts;
        Layout = layout;
        Address = address;
        Classic = classic;
        Swiss = swiss;
        _tables = new(ReadTables);
    }

    /// <summary>Address of the header, which is what a map variable holds.</summary>
    public ulong Address { get; }

    public MapLayout Layout { get; }

    /// <summary>Null for a Swiss map.</summary>
    public ClassicMap? Classic { get; }

    /// <summary>Null for a classic map.</summary>
    public SwissMap? Swiss { get; }

    /// <summary>What <c>len</c> gives.</summary>
    public long Count => Classic?.Count ?? Swiss!.Value.Count;

    /// <summary>Some goroutine was inside a write of this map, or two were and their marks did not cancel out.</summary>
    public bool IsWriting => Classic?.IsWriting ?? Swiss!.Value.IsWriting;

    /// <summary>Entries are being moved to a larger array (classic maps).</summary>
    public bool IsGrowing => Classic is { OldBuckets: not 0 };

    /// <summary>The tables of a Swiss map, each once, in the order of the directory; empty for a small or classic map.</summary>
    public IReadOnlyList<SwissTable> Tables => _tables.Value;

    /// <summary>Null when the memory is not there or is no header of such a map.</summary>
    public static GoMap? TryRead(TargetMemory memory, RuntimeLayouts layouts, MapLayout layout, ulong address)
    {
        if (layout.IsSwiss)
            return SwissMap.TryRead(memory, layouts, address) is { } swiss ? new GoMap(memory, layouts, layout, address, classic: null, swiss) : null;
        return ClassicMap.TryRead(memory, layouts, address) is { } classic ? new GoMap(memory, layouts, layout, address, classic, swiss: null) : null;
    }

    /// <summary>The live entries; those of a growing map that were not moved yet come from its old buckets.</summary>
    public IEnumerable<MapEntry> Entries()
    {
        foreach (var unit in Units())
        {
            if (unit.IsEvacuated)
                continue;
            for (var live = unit.Live; live != 0; live &= (byte)(live - 1))
                yield return EntryAt(unit.Address, BitOperations.TrailingZeroCount(live));
        }
    }

    /// <summary>Every bucket with its overflow chain, old ones last; or every group, table by table.</summary>
    public IEnumerable<MapUnit> Units() => Classic is null ? SwissUnits(Swiss!.Value) : CurrentUnits().Concat(OldUnits());

    /// <summary>Of <see cref="Units"/> those that the map grows out of.</summary>
    /// <param name="first">Number of the bucket to begin with.</param>
    public IEnumerable<MapUnit> OldUnits(ulong first = 0) => Classic is { } classic ? ClassicUnits(classic.OldBuckets, classic.OldBucketCount, isOld: true, first) : [];

    /// <summary>The others.</summary>
    /// <param name="first">Number of the bucket, or of the group counted through all tables, to begin with.</param>
    public IEnumerable<MapUnit> CurrentUnits(ulong first = 0) =>
        Classic is { } classic ? ClassicUnits(classic.Buckets, classic.BucketCount, isOld: false, first) : SwissUnits(Swiss!.Value, first);

    /// <summary>What a slot of a bucket or group holds, whether it is in use or not.</summary>
    /// <param name="unit">Address of the bucket or group.</param>
    /// <param name="slot">0 to 7.</param>
    public MapEntry EntryAt(ulong unit, int slot)
    {
        var key = unit + (ulong)(Layout.KeysOffset + (slot * Layout.KeyStride));
        var element = unit + (ulong)(Layout.ElementsOffset + (slot * Layout.ElementStride));
        return new MapEntry(
            Layout.IsKeyIndirect ? _memory.ReadUInt64(key) : key, Layout.IsElementIndirect ? _memory.ReadUInt64(element) : element, unit, slot);
    }

    private IEnumerable<MapUnit> ClassicUnits(ulong array, ulong count, bool isOld, ulong first = 0)
    {
        var left = UnitLimit;
        for (var index = first; array != 0 && index < count; index++)
        {
            var address = array + (index * (ulong)Layout.UnitSize);
            var isThere = false;
            foreach (var unit in Chain(address, index, isOld))
            {
                isThere = true;
                yield return unit;
                if (--left <= 0)
                    yield break;
            }

            // The array's end is not in memory, or its size is made up.
            if (!isThere)
                yield break;
        }
    }

    private IEnumerable<MapUnit> Chain(ulong address, ulong index, bool isOld)
    {
        HashSet<ulong>? seen = null;
        var isEvacuated = false;
        for (var depth = 0; address != 0 && depth < ChainLimit; depth++)
        {
            if (!_memory.TryReadUInt64(address, out var control))
                yield break;
            if (depth == 0)
                isEvacuated = isOld && (byte)control is >= FirstEvacuated and < FirstLiveTopHash;
            else if (!(seen ??= []).Add(address))
                yield break;
            var next = _memory.ReadUInt64(address + (ulong)Layout.UnitSize - 8);
            yield return new MapUnit(address, index, depth, control, LiveOfTopHashes(control), isOld, isEvacuated, next);
            address = next;
        }
    }

    private static byte LiveOfTopHashes(ulong control)
    {
        byte live = 0;
        for (var slot = 0; slot < MapLayout.SlotCount; slot++)
        {
            if ((byte)(control >> (8 * slot)) >= FirstLiveTopHash)
                live |= (byte)(1 << slot);
        }

        return live;
    }

    private IEnumerable<MapUnit> SwissUnits(SwissMap map, ulong first = 0)
    {
        if (map.IsSmall)
        {
            if (map.Directory != 0 && _memory.TryReadUInt64(map.Directory, out var control))
                yield return Group(map.Directory, 0, 0, control);
            yield break;
        }

        var left = UnitLimit;
        for (var table = 0; table < Tables.Count; table++)
        {
            var skipped = Math.Min(first, Tables[table].GroupCount);
            first -= skipped;
            for (var index = skipped; index < Tables[table].GroupCount && left-- > 0; index++)
            {
                var address = Tables[table].Groups + (index * (ulong)Layout.UnitSize);
                if (!_memory.TryReadUInt64(address, out var control))
                    break;
                yield return Group(address, (ulong)table, (int)index, control);
            }
        }
    }

    private static MapUnit Group(ulong address, ulong table, int index, ulong control)
    {
        // Slots whose control byte has its highest bit off are in use.
        var used = ~control & HighBits;
        byte live = 0;
        for (var slot = 0; slot < MapLayout.SlotCount; slot++)
            live |= (byte)(((used >> ((8 * slot) + 7)) & 1) << slot);
        return new MapUnit(address, table, index, control, live, IsOld: false, IsEvacuated: false, Next: 0);
    }

    /// <summary>Several places of the directory lead to one table while it has not been split as often as others.</summary>
    private List<SwissTable> ReadTables()
    {
        const string structure = "internal/runtime/maps.table";
        const string groups = "internal/runtime/maps.groupsReference";
        var tables = new List<SwissTable>();
        if (Swiss is not { IsSmall: false } map)
            return tables;
        var seen = new HashSet<ulong>();
        var (used, capacity, growthLeft, depth, index) = (Field("used"), Field("capacity"), Field("growthLeft"), Field("localDepth"), Field("index"));
        var (data, mask) = ((ulong)_layouts.Offset(structure, "groups", groups, "data"), (ulong)_layouts.Offset(structure, "groups", groups, "lengthMask"));
        for (var place = 0L; place < Math.Min(map.DirectoryLength, TableLimit); place++)
        {
            if (!_memory.TryReadUInt64(map.Directory + ((ulong)place * 8), out var address))
                break;
            if (address == 0 || !seen.Add(address) || !_memory.TryReadUInt64(address + mask, out var last))
                continue;
            var slots = _memory.ReadUInt16(address + capacity);
            tables.Add(new SwissTable(
                address, _memory.ReadUInt16(address + used), slots, _memory.ReadUInt16(address + growthLeft), _memory.ReadByte(address + depth),
                (long)_memory.ReadUInt64(address + index), _memory.ReadUInt64(address + data), Math.Min(last, ushort.MaxValue) + 1));
        }

        return tables;

        ulong Field(string name) => (ulong)_layouts.Offset(structure, name);
    }
}
