using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Slices;
using Faultline.Runtime.Values;

namespace Faultline.Cli.Cores;

/// <summary>What a core tells about maps, channels, slices and values.</summary>
internal sealed class ObjectViews(CoreSession core, ICoreOutput output)
{
    private const int DefaultTop = 100;

    private readonly RuntimeState _state = core.State;

    /// <summary>The maps in package-level variables that code of the program uses.</summary>
    public void Maps(long skip, long? top)
    {
        List<(MapRoot Root, ulong Address, GoType? Type)> maps = FindMaps();
        output.OpenList("maps", maps.Count);
        foreach ((MapRoot root, ulong address, GoType? type) in maps.Skip((int)skip).Take((int)(top ?? int.MaxValue)))
        {
            output.OpenItem();
            output.Text("variable", root.Name);
            output.Text("type", type?.Name);
            output.Address("address", address);
            if (address != 0 && Read(address, type) is { } map)
            {
                output.Number("count", map.Count);
                output.Flag("writing", map.IsWriting);
                output.Flag("growing", map.IsGrowing);
            }

            output.CloseItem();
        }

        output.CloseList();
    }

    public GoMap Map(ulong address, string? typeName, long skip, long? top)
    {
        GoType? type = typeName is null ? FindMaps().Find(found => found.Address == address).Type : TypeNamed(typeName);
        GoMap map = Read(address, type) ?? throw new UserErrorException(ExitCode.BadData, $"there is no map at 0x{address:x}: the memory is not in the core, or is no header of a map. A map variable holds the address of the header.");
        output.Address("address", address);
        output.Text("type", type?.Name);
        output.Number("count", map.Count);
        output.Flag("writing", map.IsWriting);
        Header(map);
        if (type is null)
        {
            output.Text("entriesMissing", "the map's type is not known: give it, as in 'map 0x… map[string]int'");
            return map;
        }

        Entries(map, type, skip, top);
        return map;
    }

    public void Channel(ulong address)
    {
        Channel channel = Runtime.Channels.Channel.TryRead(_state, address)
            ?? throw new UserErrorException(ExitCode.BadData, $"there is no channel at 0x{address:x}: the memory is not in the core, or is none of a channel.");
        output.Address("address", address);
        output.Text("element", channel.ElementType?.Name);
        output.Number("buffered", channel.Count);
        output.Number("capacity", channel.Capacity);
        output.Flag("closed", channel.IsClosed);
        if (channel.Timer is { } timer)
            output.Number("timerWhen", timer.When);
        List<ulong> elements = [.. channel.Elements().Take(DefaultTop)];
        output.OpenList("elements", channel.Count);
        foreach (ulong element in elements)
        {
            output.OpenItem();
            output.Text("value", channel.ElementType is { } type ? ValueText.Of(_state.Values.Read(type, element)) : $"at 0x{element:x}");
            output.CloseItem();
        }

        output.CloseList();
        Waiters("senders", channel.Senders, channel.ElementType);
        Waiters("receivers", channel.Receivers, null);
    }

    public void Slice(ulong address, string? typeName)
    {
        SliceHeader slice = SliceHeader.TryRead(_state.Memory, address)
            ?? throw new UserErrorException(ExitCode.BadData, $"there is no slice at 0x{address:x}: its three words are not in the core, or cannot be a slice. Give the address of the slice itself, not of its array.");
        GoType? type = typeName is null ? null : TypeNamed(typeName);
        GoType? element = type is { Kind: GoKind.Slice } ? _state.Types.ElementOf(type) : type;
        output.Address("address", address);
        output.Text("type", type?.Name);
        output.Address("array", slice.Array);
        output.Number("length", slice.Length);
        output.Number("capacity", slice.Capacity);
        ArrayPlace(slice.Array);
        if (element is null)
        {
            output.Text("relationsMissing", "the size of an element is not known: give the slice's type, as in 'slice 0x… []int'");
            return;
        }

        if (type is { Kind: GoKind.Slice })
            output.Text("value", ValueText.Of(_state.Values.Read(type, address)));
        IReadOnlyList<SliceRelation> relations = SliceRelations.Find(_state, slice, (int)Math.Min(element.Size, int.MaxValue));
        output.OpenList("relations", relations.Count);
        foreach (SliceRelation relation in relations)
        {
            output.OpenItem();
            output.Text("relation", relation.Kind.ToString());
            output.Address("at", relation.Holder.Slot);
            output.Address("array", relation.Other.Array);
            output.Number("length", relation.Other.Length);
            output.Number("capacity", relation.Other.Capacity);
            output.Number("first", relation.First);
            output.Number("last", relation.Last);
            output.Text("holder", HeapViews.WordsOf(relation.Holder));
            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>Where the array of a slice lies: on the heap, with what collections know of it, on a stack, in the program's data.</summary>
    private void ArrayPlace(ulong array)
    {
        HeapMap heap = _state.Heap.Heap;
        if (heap.TryFind(array, out HeapObject slot) && heap.TryFindSpan(array, out ulong start, out ulong end))
        {
            string mark = heap.MarkOf(_state, slot) switch
            {
                SlotMark.Marked => "marked: yes",
                SlotMark.New => "marked: no (allocated since the last sweep)",
                SlotMark.Free => "marked: no (the slot is free: nothing of this slice is alive)",
                _ => "marked: unknown",
            };
            output.Text("place", string.Create(CultureInfo.InvariantCulture, $"heap: in span 0x{start:x}-0x{end:x}, slot of {slot.Size} bytes at 0x{slot.Address:x}, {mark}"));
            return;
        }

        List<Goroutine> owners = [.. _state.Goroutines.Where(goroutine => goroutine.IsOnStack(array)).Take(1)];
        output.Text("place", array == 0 ? "none: the slice is nil"
            : owners is [{ } owner] ? $"stack of goroutine {owner.Id}: it did not escape"
            : core.Dump.Binary.FindDataSymbol(array - core.Dump.LoadBias) is { } symbol ? $"variable {symbol} of the program"
            : heap.SpanCount == 0 ? "unknown: the heap's records were not found"
            : "neither the heap nor the stack of a goroutine");
    }

    public void SyncMap(ulong address, long skip, long? top)
    {
        SyncMap map = Runtime.Maps.SyncMap.TryRead(_state, address) ?? throw new UserErrorException(ExitCode.BadData, $"there is no sync.Map at 0x{address:x}: the memory is not in the core.");
        output.Address("address", address);
        output.Text("design", map.IsTrie ? "trie" : "read and dirty");
        output.Number("count", map.Count);
        if (!map.IsTrie)
        {
            output.Number("read", map.ReadCount);
            output.Number("dirty", map.DirtyCount);
            output.Flag("amended", map.IsAmended);
            output.Number("misses", map.Misses);
            output.Text("nextMiss", map.NextMiss switch
            {
                SyncMapNextMiss.NoLock => "is answered without the lock",
                SyncMapNextMiss.Counted => "takes the lock and is counted",
                _ => "takes the lock and promotes the dirty part; the store after that copies the whole map",
            });
        }

        output.OpenList("entries", map.Entries.Count);
        foreach (SyncMapEntry entry in map.Entries.Skip((int)skip).Take((int)(top ?? DefaultTop)))
        {
            output.OpenItem();
            output.Text("key", ValueText.Of(_state.Values.ReadInterface(isEmpty: true, entry.Key)));
            if (entry.Value != 0)
                output.Text("value", ValueText.Of(_state.Values.ReadInterface(isEmpty: true, entry.Value)));
            if (!map.IsTrie)
                output.Text("state", $"{entry.State.ToString().ToLowerInvariant()}{(entry.IsInRead ? ", read" : "")}{(entry.IsInDirty ? ", dirty" : "")}");
            output.CloseItem();
        }

        output.CloseList();
    }

    public void Type(string name)
    {
        GoType type = TypeNamed(name);
        output.Text("name", type.Name);
        output.Text("kind", type.Kind.ToString().ToLowerInvariant());
        output.Number("size", (long)type.Size);
        output.Address("descriptor", type.Address + core.Dump.LoadBias);
        output.Text("key", _state.Types.KeyOf(type)?.Name);
        output.Text("element", _state.Types.ElementOf(type)?.Name);
        IReadOnlyList<GoField> fields = _state.Types.FieldsOf(type);
        output.OpenList("fields", fields.Count);
        foreach (GoField field in fields)
        {
            output.OpenItem();
            output.Text("name", field.Name);
            output.Number("offset", (long)field.Offset);
            output.Text("type", field.Type?.Name ?? "?");
            output.CloseItem();
        }

        output.CloseList();
    }

    public void Value(ulong address, string typeName)
    {
        GoValue value = _state.Values.Read(TypeNamed(typeName), address);
        output.Address("address", address);
        output.Text("type", value.TypeName);
        output.Text("value", ValueText.Of(value));
    }

    private GoType TypeNamed(string name) => _state.Types.FindByName(name)
        ?? throw new UserErrorException(ExitCode.BadData, $"the program has no type '{name}'. Types are named as in 'map[string]int', '*main.server', '[]uint8'; those that no interface, map or field uses are not in it.");

    private List<(MapRoot Root, ulong Address, GoType? Type)> FindMaps()
    {
        ProgramCode code = new(core.Dump.Binary);
        var seen = new HashSet<ulong>();
        var maps = new List<(MapRoot, ulong, GoType?)>();
        foreach (MapCallSite site in code.MapCallSites)
        {
            foreach (MapRoot root in site.Operand.DirectRoots)
            {
                if (root.Kind != MapRootKind.Global || !seen.Add(root.Address) || !_state.Memory.TryReadUInt64(root.Address + core.Dump.LoadBias, out ulong address))
                    continue;
                maps.Add((root, address, site.Types is [{ } type] ? _state.Types.Find(type.Address) : null));
            }
        }

        maps.Sort(static (left, right) => string.CompareOrdinal(left.Item1.Name, right.Item1.Name));
        return maps;
    }

    private GoMap? Read(ulong address, GoType? type)
    {
        MapLayout? layout = type is null ? MapLayout.ForSizes(!_state.Layouts.Has("runtime.hmap"), keySize: 8, elementSize: 8) : _state.Types.MapLayoutOf(type);
        return layout is null ? null : GoMap.TryRead(_state.Memory, _state.Layouts, layout, address);
    }

    private void Header(GoMap map)
    {
        if (map.Classic is { } classic)
        {
            output.Number("flags", classic.Flags);
            output.Number("buckets", (long)classic.BucketCount);
            output.Number("overflow", classic.OverflowCount);
            output.Text("load", classic.Load.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
            output.Flag("growing", map.IsGrowing);
            if (map.IsGrowing)
                output.Text("evacuated", $"{classic.EvacuatedCount} of {classic.OldBucketCount}");
            return;
        }

        SwissMap swiss = map.Swiss!.Value;
        output.Flag("small", swiss.IsSmall);
        output.Number("directory", swiss.DirectoryLength);
        output.Number("globalDepth", swiss.GlobalDepth);
        output.Number("cleared", (long)swiss.ClearCount);
        output.OpenList("tables", map.Tables.Count);
        foreach (SwissTable table in map.Tables)
        {
            output.OpenItem();
            output.Address("address", table.Address);
            output.Number("used", table.Used);
            output.Number("capacity", table.Capacity);
            output.Number("growthLeft", table.GrowthLeft);
            output.Number("depth", table.LocalDepth);
            output.CloseItem();
        }

        output.CloseList();
    }

    private void Entries(GoMap map, GoType type, long skip, long? top)
    {
        if (_state.Types.KeyOf(type) is not { } key || _state.Types.ElementOf(type) is not { } element)
            return;
        output.OpenList("entries", map.Count);
        foreach (MapEntry entry in map.Entries().Skip((int)skip).Take((int)(top ?? DefaultTop)))
        {
            output.OpenItem();
            output.Text("key", ValueText.Of(_state.Values.Read(key, entry.Key)));
            output.Text("value", ValueText.Of(_state.Values.Read(element, entry.Element)));
            output.CloseItem();
        }

        output.CloseList();
    }

    private void Waiters(string name, IReadOnlyList<ChannelWaiter> waiters, GoType? element)
    {
        output.OpenList(name, waiters.Count);
        foreach (ChannelWaiter waiter in waiters)
        {
            output.OpenItem();
            output.Number("goroutine", (long)waiter.GoroutineId);
            output.Flag("select", waiter.IsSelect);
            if (element is not null && waiter.Element != 0)
                output.Text("value", ValueText.Of(_state.Values.Read(element, waiter.Element)));
            output.CloseItem();
        }

        output.CloseList();
    }
}
