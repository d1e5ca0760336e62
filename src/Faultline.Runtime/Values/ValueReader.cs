using System.Globalization;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Values;

/// <summary>Reads typed values out of a process. Bounded by its limits whatever the memory holds.</summary>
public sealed class ValueReader(RuntimeState state, TypeCatalog types)
{
    private const int LargestScalar = 16;

    private readonly TargetMemory _memory = state.Memory;
    private readonly int _itabType = Math.Max(8, state.Layouts.Offset("runtime.itab", "Type"));

    /// <summary>The value of a type at an address.</summary>
    public GoValue Read(GoType type, ulong address, ValueLimits? limits = null)
    {
        limits ??= ValueLimits.Default;
        var left = limits.TotalCount;
        return Read(type, address, limits, limits.Depth, limits.PointerDepth, ref left);
    }

    /// <summary>The value that an interface holds, given its two words.</summary>
    public GoValue ReadInterface(bool isEmpty, ulong address, ValueLimits? limits = null)
    {
        limits ??= ValueLimits.Default;
        var left = limits.TotalCount;
        return ReadInterface(type: null, isEmpty, address, limits, limits.Depth, limits.PointerDepth, ref left);
    }

    private GoValue Read(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (--left < 0 || depth <= 0)
            return Missing(type, address, "...", isCut: true);
        return type.Kind switch
        {
            GoKind.Struct => ReadStruct(type, address, limits, depth, pointers, ref left),
            GoKind.Array => ReadArray(type, address, limits, depth, pointers, ref left),
            GoKind.Slice => ReadSlice(type, address, limits, depth, pointers, ref left),
            GoKind.String => ReadString(type, address, limits),
            GoKind.Interface => ReadInterface(type, types.IsEmptyInterface(type), address, limits, depth, pointers, ref left),
            GoKind.Pointer => ReadPointer(type, address, limits, depth, pointers, ref left),
            GoKind.Map => ReadMap(type, address, limits, depth, pointers, ref left),
            GoKind.Chan => ReadChannel(type, address),
            GoKind.Func => ReadFunction(type, address),
            GoKind.UnsafePointer => ReadAddress(type, address),
            _ => ReadScalar(type, address),
        };
    }

    private GoValue ReadScalar(GoType type, ulong address)
    {
        Span<byte> bytes = stackalloc byte[LargestScalar];
        if (type.Size > LargestScalar || !_memory.TryRead(address, bytes[..(int)type.Size]))
            return Missing(type, address, "not in memory");
        return new GoValue { Type = type, Address = address, Form = ValueForm.Scalar, Text = GoNumber.Format(type.Kind, bytes) };
    }

    private GoValue ReadString(GoType type, ulong address, ValueLimits limits)
    {
        if (!_memory.TryReadUInt64(address, out var target) || !_memory.TryReadUInt64(address + 8, out var length))
            return Missing(type, address, "not in memory");
        if (_memory.TryReadText(target, length, limits.TextSize) is not { } text)
            return Missing(type, address, string.Create(CultureInfo.InvariantCulture, $"{length} bytes of text that are not in memory")) with { Target = target };
        return new GoValue
        {
            Type = type,
            Address = address,
            Form = ValueForm.String,
            Text = text,
            Target = target,
            Length = (long)length,
            IsCut = length > (ulong)limits.TextSize,
        };
    }

    private GoValue ReadStruct(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        var fields = types.FieldsOf(type);
        var members = new List<GoMember>(fields.Count);
        foreach (var field in fields)
        {
            if (left <= 0)
                break;
            members.Add(new GoMember(field.Name, Key: null, field.Type is { } fieldType
                ? Read(fieldType, address + field.Offset, limits, depth - 1, pointers, ref left)
                : Missing(type: null, address + field.Offset, "unknown type")));
        }

        return new GoValue { Type = type, Address = address, Form = ValueForm.Struct, Length = fields.Count, Members = members, IsCut = members.Count < fields.Count };
    }

    private GoValue ReadArray(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        var length = types.LengthOf(type);
        var members = ReadElements(type, address, length, limits, depth, pointers, ref left);
        return new GoValue { Type = type, Address = address, Form = ValueForm.Array, Length = length, Members = members, IsCut = members.Count < length };
    }

    private GoValue ReadSlice(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (!_memory.TryReadUInt64(address, out var array) || !_memory.TryReadUInt64(address + 8, out var length) || !_memory.TryReadUInt64(address + 16, out var capacity))
            return Missing(type, address, "not in memory");
        if (array == 0)
            return new GoValue { Type = type, Address = address, Form = ValueForm.Nil, Length = (long)length, Capacity = (long)capacity };
        var members = length > capacity || length > long.MaxValue ? [] : ReadElements(type, array, (long)length, limits, depth, pointers, ref left);
        return new GoValue
        {
            Type = type,
            Address = address,
            Form = ValueForm.Slice,
            Target = array,
            Length = (long)length,
            Capacity = (long)capacity,
            Members = members,
            IsCut = (ulong)members.Count < length,
        };
    }

    private List<GoMember> ReadElements(GoType type, ulong array, long length, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (types.ElementOf(type) is not { } element)
            return [];
        var members = new List<GoMember>();
        for (var index = 0L; index < Math.Min(length, limits.ElementCount) && left > 0; index++)
            members.Add(new GoMember("", Key: null, Read(element, array + ((ulong)index * element.Size), limits, depth - 1, pointers, ref left)));
        return members;
    }

    private GoValue ReadPointer(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (!_memory.TryReadUInt64(address, out var target))
            return Missing(type, address, "not in memory");
        if (target == 0)
            return Nil(type, address);
        IReadOnlyList<GoMember> members = pointers > 0 && types.ElementOf(type) is { } element
            ? [new GoMember("", Key: null, Read(element, target, limits, depth - 1, pointers - 1, ref left))]
            : [];
        return new GoValue { Type = type, Address = address, Form = ValueForm.Pointer, Target = target, Members = members };
    }

    private GoValue ReadInterface(GoType? type, bool isEmpty, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (!_memory.TryReadUInt64(address, out var table) || !_memory.TryReadUInt64(address + 8, out var data))
            return Missing(type, address, "not in memory");
        if (table == 0)
            return Nil(type, address);
        var descriptor = isEmpty ? table : _memory.ReadUInt64(table + (ulong)_itabType);
        var value = types.FindAt(descriptor) is { } dynamic
            ? Read(dynamic, types.IsDirect(dynamic) ? address + 8 : data, limits, depth - 1, pointers, ref left)
            : Missing(type: null, data, string.Create(CultureInfo.InvariantCulture, $"a type made at run time, at 0x{descriptor:x}"));
        return new GoValue { Type = type, Address = address, Form = ValueForm.Interface, Target = data, Members = [new GoMember("", Key: null, value)] };
    }

    private GoValue ReadMap(GoType type, ulong address, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (!_memory.TryReadUInt64(address, out var target))
            return Missing(type, address, "not in memory");
        return target == 0 ? Nil(type, address) : ReadMapAt(type, address, target, limits, depth, pointers, ref left);
    }

    /// <summary>A map by the address of its header, which is what a map variable holds.</summary>
    public GoValue ReadMapAt(GoType type, ulong mapAddress, ValueLimits? limits = null)
    {
        limits ??= ValueLimits.Default;
        var left = limits.TotalCount;
        return ReadMapAt(type, address: 0, mapAddress, limits, limits.Depth, limits.PointerDepth, ref left);
    }

    private GoValue ReadMapAt(GoType type, ulong address, ulong target, ValueLimits limits, int depth, int pointers, ref int left)
    {
        if (types.MapLayoutOf(type) is not { } layout || types.KeyOf(type) is not { } key || types.ElementOf(type) is not { } element)
            return Missing(type, address, "its map type cannot be read") with { Target = target };
        if (GoMap.TryRead(_memory, state.Layouts, layout, target) is not { } map)
            return Missing(type, address, "not in memory") with { Target = target };
        var members = new List<GoMember>();
        foreach (var entry in map.Entries())
        {
            if (members.Count >= limits.ElementCount || left <= 0)
                break;
            members.Add(new GoMember("", Read(key, entry.Key, limits, depth - 1, pointers, ref left), Read(element, entry.Element, limits, depth - 1, pointers, ref left)));
        }

        return new GoValue
        {
            Type = type,
            Address = address,
            Form = ValueForm.Map,
            Target = target,
            Length = map.Count,
            Members = members,
            IsCut = members.Count < map.Count,
        };
    }

    private GoValue ReadChannel(GoType type, ulong address)
    {
        if (!_memory.TryReadUInt64(address, out var target))
            return Missing(type, address, "not in memory");
        if (target == 0)
            return Nil(type, address);
        var (count, room) = (state.Layouts.Offset("runtime.hchan", "qcount"), state.Layouts.Offset("runtime.hchan", "dataqsiz"));
        return new GoValue
        {
            Type = type,
            Address = address,
            Form = ValueForm.Channel,
            Target = target,
            Length = (long)_memory.ReadUInt64(target + (ulong)count),
            Capacity = (long)_memory.ReadUInt64(target + (ulong)room),
        };
    }

    private GoValue ReadFunction(GoType type, ulong address)
    {
        if (!_memory.TryReadUInt64(address, out var target))
            return Missing(type, address, "not in memory");
        if (target == 0)
            return Nil(type, address);
        var entry = _memory.ReadUInt64(target);
        var name = state.Binary.TryFindFunction(entry - state.LoadBias, out var function) ? function.Name : "";
        return new GoValue { Type = type, Address = address, Form = ValueForm.Function, Target = target, Text = name };
    }

    private GoValue ReadAddress(GoType type, ulong address) =>
        _memory.TryReadUInt64(address, out var target)
            ? target == 0 ? Nil(type, address) : new GoValue { Type = type, Address = address, Form = ValueForm.Pointer, Target = target }
            : Missing(type, address, "not in memory");

    private static GoValue Nil(GoType? type, ulong address) => new() { Type = type, Address = address, Form = ValueForm.Nil };

    private static GoValue Missing(GoType? type, ulong address, string text, bool isCut = false) =>
        new() { Type = type, Address = address, Form = ValueForm.Missing, Text = text, IsCut = isCut };
}
