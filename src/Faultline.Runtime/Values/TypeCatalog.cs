using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;

namespace Faultline.Runtime.Values;

/// <summary>
/// The types of a program by the run-time addresses of their descriptors, with what is in them. Descriptors are part of every binary,
/// stripped or not; only types that <c>reflect</c> made while the program ran are unknown. Thread-safe.
/// </summary>
public sealed class TypeCatalog
{
    private const int KindOffset = 23;
    private const int FlagsOffset = 20;
    private const byte DirectKindFlag = 0x20;
    private const int FieldsOffset = 56;
    private const int FieldSize = 24;
    private const int FieldLimit = 16 * 1024;
    private const int NameLimit = 4096;
    private const int ArrayLengthOffset = 64;
    private const int MethodCountOffset = 64;
    private const int FirstReleaseWithDirectFlag = 26;

    private readonly GoBinary _binary;
    private readonly ulong _loadBias;
    private readonly RuntimeLayouts _layouts;
    private readonly ConcurrentDictionary<ulong, IReadOnlyList<GoField>> _fields = new();
    private readonly Lazy<Dictionary<string, GoType>> _byName;

    public TypeCatalog(GoBinary binary, ulong loadBias, RuntimeLayouts layouts)
    {
        _binary = binary;
        _loadBias = loadBias;
        _layouts = layouts;
        _byName = new(Collect);
    }

    /// <summary>The type whose descriptor lies at an address of the process; null when there is none.</summary>
    public GoType? FindAt(ulong address) => address == 0 ? null : _binary.FindType(address - _loadBias);

    /// <summary>The type of a key, element, field … by its link-time address; null when there is none.</summary>
    public GoType? Find(ulong linkAddress) => linkAddress == 0 ? null : _binary.FindType(linkAddress);

    /// <summary>
    /// A type by its Go spelling, such as <c>map[string]*main.session</c>: one that the program lists, or that those lead to. Of several with
    /// one name the first. Null when there is none. The first call walks all types.
    /// </summary>
    public GoType? FindByName(string name) => _byName.Value.GetValueOrDefault(name);

    /// <summary>What a map, slice, array, pointer or channel holds; null for other kinds.</summary>
    public GoType? ElementOf(GoType type) => Find(type.ElementAddress);

    public GoType? KeyOf(GoType type) => Find(type.KeyAddress);

    /// <summary>The fields of a struct type in order; empty for other kinds.</summary>
    public IReadOnlyList<GoField> FieldsOf(GoType type) =>
        type.Kind == GoKind.Struct ? _fields.GetOrAdd(type.Address, static (address, catalog) => catalog.ReadFields(address), this) : [];

    /// <summary>Elements of an array type; 0 for other kinds.</summary>
    public long LengthOf(GoType type) => type.Kind == GoKind.Array ? (long)ReadWord(type.Address + ArrayLengthOffset) : 0;

    /// <summary>True for an interface type without methods (<c>any</c>), whose values carry a type instead of an itab.</summary>
    public bool IsEmptyInterface(GoType type) => type.Kind == GoKind.Interface && ReadWord(type.Address + MethodCountOffset) == 0;

    /// <summary>True for types whose values stand in an interface themselves instead of behind a pointer.</summary>
    public bool IsDirect(GoType type)
    {
        Span<byte> one = stackalloc byte[1];
        var offset = _layouts.Release >= FirstReleaseWithDirectFlag ? FlagsOffset : KindOffset;
        return _binary.Read(type.Address + (ulong)offset, one) == 1 && (one[0] & DirectKindFlag) != 0;
    }

    /// <summary>How the maps of a map type lie in memory; null for other kinds and for descriptors that make no sense.</summary>
    public MapLayout? MapLayoutOf(GoType type) => type.Kind == GoKind.Map ? MapLayout.Read(_binary, _layouts, type) : null;

    /// <summary>True when values of a type hold pointers.</summary>
    public bool HasPointers(GoType type) => ReadWord(type.Address + 8) != 0;

    private GoField[] ReadFields(ulong address)
    {
        var array = ReadWord(address + FieldsOffset);
        var count = (int)Math.Min(ReadWord(address + FieldsOffset + 8), FieldLimit);
        var bytes = new byte[count * FieldSize];
        count = _binary.Read(array, bytes) / FieldSize;
        var fields = new GoField[count];
        for (var index = 0; index < count; index++)
        {
            var field = bytes.AsSpan(index * FieldSize);
            var (name, isEmbedded) = ReadName(BinaryPrimitives.ReadUInt64LittleEndian(field));
            fields[index] = new GoField(
                name, BinaryPrimitives.ReadUInt64LittleEndian(field[16..]), Find(BinaryPrimitives.ReadUInt64LittleEndian(field[8..])), isEmbedded);
        }

        return fields;
    }

    /// <summary>A flag byte (8: embedded), a length and the bytes (<c>internal/abi.Name</c>).</summary>
    private (string Name, bool IsEmbedded) ReadName(ulong address)
    {
        Span<byte> head = stackalloc byte[4];
        head = head[.._binary.Read(address, head)];
        var (length, position) = (0, 1);
        for (var shift = 0; position < head.Length && shift < 21; shift += 7)
        {
            var next = head[position++];
            length |= (next & 0x7f) << shift;
            if (next < 0x80)
                break;
        }

        if (length is <= 0 or > NameLimit)
            return ("", false);
        var bytes = new byte[length];
        return _binary.Read(address + (ulong)position, bytes) == length ? (Encoding.UTF8.GetString(bytes), (head[0] & 8) != 0) : ("", false);
    }

    private ulong ReadWord(ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        return _binary.Read(address, word) == word.Length ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;
    }

    private Dictionary<string, GoType> Collect()
    {
        var found = new Dictionary<string, GoType>(StringComparer.Ordinal);
        var seen = new HashSet<ulong>();
        var pending = new Stack<GoType>();
        foreach (var type in _binary.EnumerateTypes())
            Push(type);
        while (pending.TryPop(out var type))
        {
            found.TryAdd(type.Name, type);
            Push(ElementOf(type));
            Push(KeyOf(type));
            foreach (var field in FieldsOf(type))
                Push(field.Type);
        }

        return found;

        void Push(GoType? type)
        {
            if (type is not null && seen.Add(type.Address))
                pending.Push(type);
        }
    }
}
