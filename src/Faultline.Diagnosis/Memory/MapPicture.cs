using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// The header of a map and some of its buckets or groups: those around the place that was fought over where that is known, else the first. What is left out is counted.
/// </summary>
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

    /// <summary>Tables of a Swiss map, from <see cref="FirstTable"/> on.</summary>
    public IReadOnlyList<SwissTable> Tables { get; init; } = [];

    public int FirstTable { get; init; }

    public int TableCount { get; init; }

    /// <summary>Buckets with their overflow chains, then those of the old array; or groups, table by table. Empty when they cannot be read.</summary>
    public IReadOnlyList<MapUnitPicture> Units { get; init; } = [];

    /// <summary>Buckets of the array without overflow buckets, or groups of all tables.</summary>
    public ulong UnitCount { get; init; }

    /// <summary>Number of the first bucket in <see cref="Units"/>, or of the first group counted through all tables.</summary>
    public ulong FirstUnit { get; init; }

    /// <summary>Number of the first old bucket in <see cref="Units"/>.</summary>
    public ulong FirstOldUnit { get; init; }

    /// <summary>Where the goroutines that fought over it were at work: first the one whose surroundings are shown. Places need not be among <see cref="Units"/>.</summary>
    public IReadOnlyList<MapMark> Marks { get; init; } = [];

    /// <summary>Buckets of the array that the map grows out of; 0 unless it grows.</summary>
    public ulong OldUnitCount { get; init; }

    /// <summary>Overflow buckets beyond those in <see cref="Units"/>, of the chains that are shown.</summary>
    public int HiddenOverflowCount { get; init; }

    /// <summary>Null when there is no map.</summary>
    /// <param name="memory">What it lies in.</param>
    /// <param name="address">Address of its header.</param>
    /// <param name="type">Its type; null to take it from the calls of the parties, without which only the header is known.</param>
    /// <param name="parties">Who fought over it, whoever raised the fault first.</param>
    /// <param name="scanned">The memory of the process that stands still, where much of a map is read to find one place; null for that of the image.</param>
    public static MapPicture? Read(MemoryImage memory, ulong address, GoType? type, IEnumerable<Goroutine>? parties = null, TargetMemory? scanned = null)
    {
        var state = memory.State;
        parties = [.. parties ?? []];
        var homes = new ArgumentHomes(state.Binary);
        type ??= parties.Select(party => MapCall.TypeOf(state, party, address, homes)).FirstOrDefault(found => found is not null);
        var layout = type is null ? MapLayout.ForSizes(!state.Layouts.Has("runtime.hmap"), keySize: 8, elementSize: 8) : state.Types.MapLayoutOf(type);
        if (layout is null || GoMap.TryRead(state.Memory, state.Layouts, layout, address) is not { } map)
            return null;
        var picture = new MapPicture
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
            UnitCount = map.Classic?.BucketCount ?? (map.Swiss is { IsSmall: true } small ? small.Directory == 0 ? 0UL : 1UL : map.Tables.Aggregate(0UL, (sum, table) => sum + table.GroupCount)),
            OldUnitCount = map.Classic?.OldBucketCount ?? 0,
        };
        return type is null ? picture : picture.WithUnits(state, map, type, MapMarks.Find(state, scanned ?? state.Memory, map, type, parties, homes, scanned is null ? MapSearch.ImageLimit : MapSearch.ProcessLimit));
    }

    private MapPicture WithUnits(RuntimeState state, GoMap map, GoType type, List<MapMark> marks)
    {
        var (first, firstOld, firstTable) = (0UL, 0UL, 0);
        if (marks is [{ Place: var place }, ..])
        {
            // Old bucket i goes to bucket i, or to that far behind it; only the first way is drawn, as the second is not known.
            first = Before(place.Index, UnitCount, UnitLimit);
            firstOld = OldUnitCount == 0 ? 0 : Before(place.Index % OldUnitCount, OldUnitCount, UnitLimit);
            firstTable = map.Classic is null ? (int)Before(place.Chain, (ulong)map.Tables.Count, TableLimit) : 0;
        }

        var hidden = 0;
        return this with
        {
            Marks = marks,
            FirstUnit = first,
            FirstOldUnit = firstOld,
            FirstTable = firstTable,
            Tables = [.. map.Tables.Skip(firstTable).Take(TableLimit)],
            Units = [.. Some(state, map, type, map.CurrentUnits(first), ref hidden), .. Some(state, map, type, map.OldUnits(firstOld), ref hidden)],
            HiddenOverflowCount = hidden,
        };
    }

    /// <summary>Where a window of a size around a place begins.</summary>
    private static ulong Before(ulong index, ulong count, ulong size) => count <= size ? 0 : Math.Min(index - Math.Min(index, size / 2), count - size);

    private static List<MapUnitPicture> Some(RuntimeState state, GoMap map, GoType type, IEnumerable<MapUnit> units, ref int hidden)
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
