using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>The struct types of a binary, by descriptor and by name, down to the field at an offset.</summary>
internal sealed class StructTypes
{
    private const int FieldsOffset = 56;
    private const int FieldSize = 24;
    private const int FieldLimit = 4096;
    private const int StructTypeSize = 80;
    private const int MapTypeSize = 136;
    private const byte UncommonFlag = 1;
    private const int NestingLimit = 32;

    private readonly GoBinary binary;
    private readonly CodeScan scan;
    private readonly Lazy<Dictionary<string, ulong>> byName;
    private readonly Lazy<List<GoType>> structs;
    private readonly Dictionary<ulong, DescribedField[]> fields = [];
    private readonly Dictionary<ulong, string> keys = [];

    public StructTypes(GoBinary binary, CodeScan scan)
    {
        this.binary = binary;
        this.scan = scan;
        structs = new(Collect);
        byName = new(IndexNames);
    }

    /// <summary>Struct types that code or the program's own list names, and those that pointers, slices, maps and fields of other types lead to.</summary>
    public IReadOnlyList<GoType> All => structs.Value;

    /// <summary>The descriptor of a struct type by its key (<see cref="MethodSymbol.TypeKey"/>); 0 when the code never names it.</summary>
    public ulong FindByKey(string key) => byName.Value.GetValueOrDefault(key);

    /// <summary>The key of a named type; empty for unnamed ones.</summary>
    public string KeyOf(GoType type)
    {
        if (!keys.TryGetValue(type.Address, out string? key))
            keys.Add(type.Address, key = ReadKey(type));
        return key;
    }

    /// <summary>
    /// The innermost named struct that holds an offset, and the type of its field there. A map in a struct inside another struct is the same
    /// map whether code reaches it through the outer or the inner one, so both are brought to the inner one.
    /// </summary>
    /// <returns>False when the offset is outside, or in no field.</returns>
    public bool TryResolve(ulong descriptor, long offset, out GoType owner, out long ownerOffset, out GoType? field)
    {
        owner = null!;
        ownerOffset = offset;
        field = null;
        if (binary.FindType(descriptor) is not { Kind: GoKind.Struct } type || offset < 0)
            return false;
        owner = type;
        GoType part = type;
        long inPart = offset;
        for (int depth = 0; depth < NestingLimit; depth++)
        {
            if (FieldAt(part.Address, (ulong)inPart) is not { } at || binary.FindType(at.Type) is not { } fieldType)
                return false;
            long inField = inPart - (long)at.Offset;
            if (fieldType.Kind == GoKind.Array && binary.FindType(fieldType.ElementAddress) is { Size: > 0 } element)
            {
                // All elements count as one.
                ownerOffset -= inField - (inField % (long)element.Size);
                inField %= (long)element.Size;
                fieldType = element;
            }
            if (fieldType.Kind != GoKind.Struct)
            {
                field = inField == 0 ? fieldType : null;
                return inField < (long)Math.Max(fieldType.Size, 1);
            }
            if (KeyOf(fieldType).Length > 0)
                (owner, ownerOffset) = (fieldType, inField);
            (part, inPart) = (fieldType, inField);
        }
        return false;
    }

    /// <summary>True when an offset of a struct lies in an array, however deep.</summary>
    public bool IsInArray(ulong descriptor, long offset)
    {
        for (int depth = 0; depth < NestingLimit && offset >= 0; depth++)
        {
            if (FieldAt(descriptor, (ulong)offset) is not { } at || binary.FindType(at.Type) is not { } field)
                return false;
            if (field.Kind == GoKind.Array)
                return offset - (long)at.Offset < (long)field.Size;
            if (field.Kind != GoKind.Struct)
                return false;
            (descriptor, offset) = (field.Address, offset - (long)at.Offset);
        }
        return false;
    }

    private DescribedField? FieldAt(ulong descriptor, ulong offset)
    {
        DescribedField? found = null;
        foreach (DescribedField field in FieldsOf(descriptor))
        {
            // Zero-sized fields share an offset with the next one; the last field that starts there is the one with bytes.
            if (field.Offset <= offset)
                found = field;
        }
        return found;
    }

    /// <summary>The fields of a struct type in order, as its descriptor has them; empty when it cannot be read.</summary>
    public IReadOnlyList<DescribedField> FieldsOf(ulong descriptor)
    {
        if (fields.TryGetValue(descriptor, out DescribedField[]? known))
            return known;
        Span<byte> slice = stackalloc byte[16];
        var list = new List<DescribedField>();
        if (binary.Read(descriptor + FieldsOffset, slice) == slice.Length)
        {
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(slice);
            int count = (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(slice[8..]), FieldLimit);
            var bytes = new byte[count * FieldSize];
            int read = binary.Read(address, bytes) / FieldSize;
            for (int i = 0; i < read; i++)
            {
                ReadOnlySpan<byte> field = bytes.AsSpan(i * FieldSize);
                list.Add(new DescribedField(
                    BinaryPrimitives.ReadUInt64LittleEndian(field), BinaryPrimitives.ReadUInt64LittleEndian(field[16..]), BinaryPrimitives.ReadUInt64LittleEndian(field[8..])));
            }
        }
        DescribedField[] result = [.. list];
        fields.Add(descriptor, result);
        return result;
    }

    private Dictionary<string, ulong> IndexNames()
    {
        var found = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (GoType type in structs.Value)
        {
            if (KeyOf(type) is { Length: > 0 } key)
                found.TryAdd(key, type.Address);
        }
        return found;
    }

    private List<GoType> Collect()
    {
        var found = new List<GoType>();
        if (binary.Moduledata is not { } module)
            return found;
        var seen = new HashSet<ulong>();
        var pending = new Stack<ulong>();
        foreach (DataReference reference in scan.DataReferences)
        {
            if (reference.Target >= module.Types && reference.Target < module.EndOfTypes && seen.Add(reference.Target))
                pending.Push(reference.Target);
        }
        foreach (GoType listed in binary.EnumerateTypes())
        {
            if (seen.Add(listed.Address))
                pending.Push(listed.Address);
        }
        while (pending.TryPop(out ulong address))
        {
            if (binary.FindType(address) is not { } type)
                continue;
            foreach (ulong next in Related(type))
            {
                if (next != 0 && seen.Add(next))
                    pending.Push(next);
            }
            if (type.Kind == GoKind.Struct)
                found.Add(type);
        }
        return found;
    }

    private IEnumerable<ulong> Related(GoType type) => type.Kind switch
    {
        GoKind.Struct => FieldsOf(type.Address).Select(field => field.Type),
        GoKind.Map => [type.KeyAddress, type.ElementAddress],
        _ => [type.ElementAddress],
    };

    private string ReadKey(GoType type)
    {
        string package = PackageOf(type);
        return package.Length == 0 ? "" : MethodSymbol.TypeKey(package, type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
    }

    /// <summary>
    /// The import path of a named type, from the record of methods that follows the descriptor of every such type (<c>abi.UncommonType</c>);
    /// empty for unnamed types.
    /// </summary>
    public string PackageOf(GoType type)
    {
        Span<byte> head = stackalloc byte[48];
        if (binary.Moduledata is not { } module || binary.Read(type.Address, head) != head.Length || (head[20] & UncommonFlag) == 0)
            return "";
        int size = type.Kind switch
        {
            GoKind.Struct or GoKind.Interface => StructTypeSize,
            GoKind.Pointer or GoKind.Slice => 56,
            GoKind.Array => 72,
            GoKind.Chan => 64,
            GoKind.Map => module.FirstRelease >= 27 ? MapTypeSize : 0,
            _ => 48,
        };
        Span<byte> offset = stackalloc byte[4];
        if (size == 0 || binary.Read(type.Address + (ulong)size, offset) != offset.Length)
            return "";
        int bracket = type.Name.IndexOf('[', StringComparison.Ordinal);
        int dot = type.Name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || (bracket >= 0 && bracket < dot) ? "" : ReadName(module.Types + BinaryPrimitives.ReadUInt32LittleEndian(offset));
    }

    /// <summary>A name as descriptors have them (<c>internal/abi Name</c>); empty when there is none.</summary>
    public string ReadName(ulong address)
    {
        Span<byte> bytes = stackalloc byte[512];
        bytes = bytes[..binary.Read(address, bytes)];
        int length = 0;
        int position = 1;
        for (int shift = 0; position < bytes.Length && shift < 21; shift += 7)
        {
            byte b = bytes[position++];
            length |= (b & 0x7f) << shift;
            if (b < 0x80)
                break;
        }
        return length > 0 && position + length <= bytes.Length ? Encoding.UTF8.GetString(bytes.Slice(position, length)) : "";
    }
}
