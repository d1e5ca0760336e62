using System.Globalization;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Slices;

/// <summary>
/// Walks from variables through structs, arrays, pointers and slices, by the types of DWARF, and gives every slice header on the way, with its name.
/// Breadth first, so that the shortest name of a header comes first. Maps, interfaces and functions are not entered. Not thread-safe.
/// </summary>
internal sealed class TypedWalk(DwarfInfo dwarf, TargetMemory memory)
{
    private const int VisitLimit = 2_000_000;
    private const int DepthLimit = 12;
    private const int ElementLimit = 256;
    private const int NameLimit = 200;
    private const int AliasLimit = 8;

    private readonly Dictionary<int, DwarfType?> _types = [];
    private readonly Queue<Stop> _pending = new();
    private readonly HashSet<(ulong, int)> _seen = [];
    private int _visits;

    /// <summary>True when the walk was cut short.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds a variable to begin from.</summary>
    public void Add(string name, string place, int type, ulong address) => Enqueue(new Stop(name, place, type, address, 0));

    /// <summary>The headers that the variables added so far lead to.</summary>
    public IEnumerable<NamedSlice> Run()
    {
        while (_pending.TryDequeue(out var stop))
        {
            if (++_visits > VisitLimit)
            {
                IsCut = true;
                _pending.Clear();
                yield break;
            }

            if (Resolve(stop.Type) is not { } type)
                continue;
            if ((GoKind)type.GoKind == GoKind.Slice)
            {
                if (ReadSlice(stop, type) is { } slice)
                    yield return slice;
                continue;
            }

            Enter(stop, type);
        }
    }

    /// <summary>The element type of a slice type: what its first field points to.</summary>
    public DwarfType? ElementOf(DwarfType slice, out int position)
    {
        position = slice.Fields.Count > 0 && Resolve(slice.Fields[0].TypePosition) is { } pointer ? pointer.TargetPosition : -1;
        return Resolve(position);
    }

    /// <summary>A type with its aliases followed; null when there is none.</summary>
    public DwarfType? Resolve(int position)
    {
        for (var depth = 0; depth < AliasLimit && position >= 0; depth++)
        {
            if (!_types.TryGetValue(position, out var type))
                _types.Add(position, type = dwarf.ReadType(position));
            if (type is not { Tag: DwarfTag.Typedef })
                return type;
            position = type.TargetPosition;
        }

        return null;
    }

    private void Enter(Stop stop, DwarfType type)
    {
        switch ((GoKind)type.GoKind)
        {
            case GoKind.Struct:
                foreach (var field in type.Fields)
                    Enqueue(stop with { Name = field.IsEmbedded || stop.Name.Length > NameLimit ? stop.Name : $"{stop.Name}.{field.Name}", Type = field.TypePosition, Address = stop.Address + (ulong)field.Offset, Depth = stop.Depth + 1 });
                break;
            case GoKind.Pointer:
                if (memory.TryReadPointer(stop.Address, out var target))
                    Enqueue(stop with { Type = type.TargetPosition, Address = target, Depth = stop.Depth + 1 });
                break;
            case GoKind.Array:
                EnterElements(stop, type.TargetPosition, stop.Address, type.ElementCount);
                break;
        }
    }

    private NamedSlice? ReadSlice(Stop stop, DwarfType type)
    {
        if (ElementOf(type, out var position) is not { Size: > 0 } element || SliceHeader.TryRead(memory, stop.Address) is not { Array: not 0, Capacity: > 0 } header)
            return null;
        EnterElements(stop, position, header.Array, header.Length);
        return new NamedSlice(stop.Name, stop.Place, header, element.Size, element.Name, IsCapacityKnown: true);
    }

    private void EnterElements(Stop stop, int position, ulong address, long count)
    {
        if (Resolve(position) is not { Size: > 0 } element || !LeadsOn(element))
            return;
        for (var index = 0L; index < Math.Min(count, ElementLimit); index++)
            Enqueue(stop with { Name = string.Create(CultureInfo.InvariantCulture, $"{stop.Name}[{index}]"), Type = position, Address = address + (ulong)(index * element.Size), Depth = stop.Depth + 1 });
    }

    private void Enqueue(Stop stop)
    {
        if (stop.Depth > DepthLimit || stop.Address == 0 || Resolve(stop.Type) is not { } type || !LeadsOn(type))
            return;
        if (_seen.Add((stop.Address, stop.Type)))
            _pending.Enqueue(stop);
    }

    private static bool LeadsOn(DwarfType type) => (GoKind)type.GoKind is GoKind.Struct or GoKind.Pointer or GoKind.Array or GoKind.Slice;

    private sealed record Stop(string Name, string Place, int Type, ulong Address, int Depth);
}
