using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;

namespace Faultline.Diagnosis.Memory;

/// <summary>State of a slot of a map.</summary>
public enum MapSlotState
{
    Empty,
    Full,

    /// <summary>A deletion left its mark (Swiss maps).</summary>
    Deleted,

    /// <summary>What it held was moved to the larger array (classic maps).</summary>
    Evacuated,
}

/// <summary>One of the eight slots of a bucket or group.</summary>
/// <param name="Key">On one line, cut; null unless the slot is full and its type is known.</param>
/// <param name="Element">Likewise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapSlotPicture(MapSlotState State, string? Key, string? Element);

/// <summary>A bucket or a group.</summary>
/// <param name="Chain">Number of the bucket, or of the table.</param>
/// <param name="Depth">0 for the first bucket of a chain, then counting its overflow buckets; the number of a group in its table.</param>
/// <param name="IsOld">It belongs to the array that the map grows out of.</param>
/// <param name="IsEvacuated">Its entries were moved.</param>
public sealed record MapUnitPicture(ulong Chain, int Depth, bool IsOld, bool IsEvacuated, IReadOnlyList<MapSlotPicture> Slots);

/// <summary>The header and the first buckets or groups of a map. What is left out is counted.</summary>
public sealed record MapPicture : ObjectPicture
{
    /// <summary>Buckets of each array, or groups, that are shown.</summary>
    public const int UnitLimit = 64;

    private const int OverflowLimit = 8;
    private const int TableLimit = 64;

    /// <summary>What <c>len</c> gives.</summary>
    public required long Count { get; init; }

    public required bool IsWriting { get; init; }

    /// <summary>Null for a Swiss map.</summary>
    public ClassicMap? Classic { get; init; }

    /// <summary>Null for a classic map.</summary>
    public SwissMap? Swiss { get; init; }

    /// <summary>The first tables of a Swiss map.</summary>
    public IReadOnlyList<SwissTable> Tables { get; init; } = [];

    public int TableCount { get; init; }

    /// <summary>Buckets with their overflow chains, then those of the old array; or groups, table by table. Empty when they cannot be read.</summary>
    public IReadOnlyList<MapUnitPicture> Units { get; init; } = [];

    /// <summary>Buckets of the array without overflow buckets, or groups of all tables.</summary>
    public ulong UnitCount { get; init; }

    /// <summary>Buckets of the array that the map grows out of; 0 unless it grows.</summary>
    public ulong OldUnitCount { get; init; }

    /// <summary>Overflow buckets beyond those in <see cref="Units"/>, of the chains that are shown.</summary>
    public int HiddenOverflowCount { get; init; }

    /// <summary>Null when there is no map.</summary>
    /// <param name="memory">What it lies in.</param>
    /// <param name="address">Address of its header.</param>
    /// <param name="type">Its type; without one only the header is known.</param>
    public static MapPicture? Read(MemoryImage memory, ulong address, GoType? type)
    {
        var state = memory.State;
        var layout = type is null ? MapLayout.ForSizes(!state.Layouts.Has("runtime.hmap"), keySize: 8, elementSize: 8) : state.Types.MapLayoutOf(type);
        if (layout is null || GoMap.TryRead(state.Memory, state.Layouts, layout, address) is not { } map)
            return null;
        var hidden = 0;
        List<MapUnitPicture> units = type is null ? [] : [.. First(state, map, type, map.CurrentUnits(), ref hidden), .. First(state, map, type, map.OldUnits(), ref hidden)];
        return new MapPicture
        {
            Source = memory.Source,
            Address = address,
            Type = type?.Name,
            Count = map.Count,
            IsWriting = map.IsWriting,
            Classic = map.Classic,
            Swiss = map.Swiss,
            Tables = [.. map.Tables.Take(TableLimit)],
            TableCount = map.Tables.Count,
            Units = units,
            UnitCount = map.Classic?.BucketCount ?? (map.Swiss is { IsSmall: true } small ? small.Directory == 0 ? 0UL : 1UL : map.Tables.Aggregate(0UL, (sum, table) => sum + table.GroupCount)),
            OldUnitCount = map.Classic?.OldBucketCount ?? 0,
            HiddenOverflowCount = hidden,
        };
    }

    private static List<MapUnitPicture> First(RuntimeState state, GoMap map, GoType type, IEnumerable<MapUnit> units, ref int hidden)
    {
        var (key, element) = (state.Types.KeyOf(type), state.Types.ElementOf(type));
        var shown = new List<MapUnitPicture>();
        var count = 0;
        foreach (var unit in units)
        {
            var isOverflow = map.Classic is not null && unit.Depth > 0;
            if (!isOverflow && ++count > UnitLimit)
                break;
            if (isOverflow && unit.Depth > OverflowLimit)
            {
                hidden++;
                continue;
            }

            var slots = new MapSlotPicture[MapLayout.SlotCount];
            for (var slot = 0; slot < slots.Length; slot++)
            {
                var kind = StateOf(map.Classic is null, unit, slot);
                var entry = kind == MapSlotState.Full ? map.EntryAt(unit.Address, slot) : default;
                slots[slot] = new MapSlotPicture(
                    kind, kind == MapSlotState.Full && key is not null ? PictureText.Of(state, key, entry.Key) : null,
                    kind == MapSlotState.Full && element is not null ? PictureText.Of(state, element, entry.Element) : null);
            }

            shown.Add(new MapUnitPicture(unit.Chain, unit.Depth, unit.IsOld, unit.IsEvacuated, slots));
        }

        return shown;
    }

    private static MapSlotState StateOf(bool isSwiss, in MapUnit unit, int slot)
    {
        const byte deleted = 0xfe;
        var control = (byte)(unit.Control >> (8 * slot));
        if (((unit.Live >> slot) & 1) != 0)
            return unit.IsEvacuated ? MapSlotState.Evacuated : MapSlotState.Full;
        // A classic map marks what it moved to the first or the second half: 2 and 3; what was empty by then is 4.
        return isSwiss ? control == deleted ? MapSlotState.Deleted : MapSlotState.Empty
            : control is 2 or 3 ? MapSlotState.Evacuated : MapSlotState.Empty;
    }
}
