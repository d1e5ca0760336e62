using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Slices;
using Faultline.Runtime.Sync;
using Faultline.Runtime.Values;

namespace Faultline.Cli.Cores;

/// <summary>What a core tells about maps, channels, slices, locks and values.</summary>
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

    /// <summary>An object of package sync; its kind as given, else as those who wait on it tell, else a mutex.</summary>
    public void Sync(ulong address, string? kindName)
    {
        LockKind kind = kindName is null ? KindOf(address) : Enum.TryParse(kindName, ignoreCase: true, out LockKind given) && !char.IsAsciiDigit(kindName[0]) ? given
            : throw new UserErrorException(ExitCode.Usage, $"'{kindName}' is no kind of lock: give mutex, rwmutex, waitgroup, cond or once.");
        output.Address("address", address);
        output.Text("kind", kind == LockKind.Unknown ? "Mutex" : kind.ToString());
        bool isThere = kind switch
        {
            LockKind.RWMutex => RWMutex(address),
            LockKind.WaitGroup => Group(address),
            LockKind.Cond => Cond(address),
            LockKind.Once => Once(address),
            _ => Mutex(address),
        };
        if (!isThere)
            throw new UserErrorException(ExitCode.BadData, $"the memory at 0x{address:x} is not in the core.");
        Waiting(address);
        Owners(address);
    }

    /// <summary>Every lock, group and condition that a goroutine waits for.</summary>
    public void Locks()
    {
        var awaited = new Dictionary<ulong, (LockKind Kind, List<ulong> Waiters)>();
        foreach (Goroutine goroutine in _state.Goroutines)
        {
            foreach (WaitTarget target in _state.Waits.Read(goroutine))
            {
                if (target.IsChannel)
                    continue;
                if (!awaited.TryGetValue(target.Object, out (LockKind Kind, List<ulong> Waiters) found))
                    awaited.Add(target.Object, found = (target.Kind, []));
                found.Waiters.Add(goroutine.Id);
            }
        }

        LockOwners owners = new(_state);
        output.OpenList("locks", awaited.Count);
        foreach ((ulong address, (LockKind kind, List<ulong> waiters)) in awaited.OrderByDescending(found => found.Value.Waiters.Count).ThenBy(found => found.Key))
        {
            output.OpenItem();
            output.Text("kind", kind.ToString());
            output.Address("address", address);
            output.Number("waiting", waiters.Count);
            output.Text("waiters", string.Join(' ', waiters.Take(GoroutineBuckets.ShownIds)));
            if (kind is LockKind.Mutex or LockKind.RWMutex)
                output.Text("heldBy", string.Join(' ', owners.Find(address).Take(GoroutineBuckets.ShownIds).Select(owner => $"{owner.Goroutine.Id} (inferred)")));
            output.CloseItem();
        }

        output.CloseList();
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

    private LockKind KindOf(ulong address)
    {
        foreach (Goroutine goroutine in _state.Goroutines)
        {
            foreach (WaitTarget target in _state.Waits.Read(goroutine))
            {
                if (!target.IsChannel && target.Object == address && target.Kind != LockKind.Unknown)
                    return target.Kind;
            }
        }

        return LockKind.Mutex;
    }

    private bool Mutex(ulong address)
    {
        if (MutexState.TryRead(_state.Memory, address) is not { } mutex)
            return false;
        Mutex(mutex);
        return true;
    }

    private void Mutex(MutexState mutex)
    {
        output.Flag("locked", mutex.IsLocked);
        output.Flag("woken", mutex.IsWoken);
        output.Flag("starving", mutex.IsStarving);
        output.Number("waiterCount", mutex.WaiterCount);
    }

    private bool RWMutex(ulong address)
    {
        if (RWMutexState.TryRead(_state.Memory, address) is not { } state)
            return false;
        output.Number("readers", state.ReaderCount);
        output.Flag("writerPending", state.IsWriterPending);
        output.Number("departing", state.DepartingCount);
        output.Flag("heldByWriter", state.IsHeldByWriter);
        return true;
    }

    private bool Group(ulong address)
    {
        if (WaitGroupState.TryRead(_state, address) is not { } state)
            return false;
        output.Number("counter", state.Counter);
        output.Number("waiterCount", state.WaiterCount);
        return true;
    }

    private bool Cond(ulong address)
    {
        if (CondState.TryRead(_state, address) is not { } state)
            return false;
        output.Address("lock", state.Lock);
        output.Number("waits", state.WaitCount);
        output.Number("notified", state.NotifyCount);
        return true;
    }

    private bool Once(ulong address)
    {
        if (OnceState.TryRead(_state, address) is not { } state)
            return false;
        output.Flag("done", state.IsDone);
        output.Flag("running", state.IsRunning);
        Mutex(state.Mutex);
        return true;
    }

    private void Waiting(ulong address)
    {
        List<Goroutine> waiting = [.. _state.Goroutines.Where(goroutine => _state.Waits.Read(goroutine).Any(target => target.Object == address))];
        output.OpenList("waiting", waiting.Count);
        foreach (Goroutine goroutine in waiting)
        {
            output.OpenItem();
            new GoroutineViews(core, output).Describe(goroutine);
            output.CloseItem();
        }

        output.CloseList();
    }

    private void Owners(ulong address)
    {
        IReadOnlyList<LockOwner> owners = new LockOwners(_state).Find(address);
        output.OpenList("inferredOwners", owners.Count);
        foreach (LockOwner owner in owners)
        {
            output.OpenItem();
            output.Number("goroutine", (long)owner.Goroutine.Id);
            output.Text("evidence", owner.Evidence.ToString());
            output.CloseItem();
        }

        output.CloseList();
    }
}
