using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>Reads the methods of type descriptors (<c>internal/abi/type.go</c>: <c>InterfaceType</c>, <c>UncommonType</c>, <c>Method</c>).</summary>
internal sealed class TypeMethods(GoBinary binary)
{
    private const int MethodLimit = 4096;
    private const int ParameterLimit = 256;
    private const int FieldLimit = 4096;
    private const int NameLimit = 512;
    private const int ListOffset = 56;
    private const int InterfaceMethodSize = 8;
    private const int MethodSize = 16;
    private const int FieldSize = 24;
    private const int UncommonSize = 16;
    private const byte UncommonFlag = 1;

    /// <summary>Names of an interface type's methods, in its order.</summary>
    public IReadOnlyList<string> NamesOf(ulong descriptor)
    {
        byte[] list = ReadList(descriptor, InterfaceMethodSize, MethodLimit);
        var names = new List<string>(list.Length / InterfaceMethodSize);
        for (int at = 0; at < list.Length; at += InterfaceMethodSize)
            names.Add(ReadName(BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(at))));
        return names;
    }

    /// <summary>The methods of a type with the entries that interface tables hold; an entry outside the code stands for a method that the linker left out.</summary>
    public IEnumerable<(string Name, ulong Entry)> MethodsOf(GoType type)
    {
        if (binary.Moduledata is not { } module || UncommonAt(type) is not (> 0 and var record))
            yield break;
        byte[] head = new byte[UncommonSize];
        if (binary.Read(record, head) != head.Length)
            yield break;
        int count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(4)), MethodLimit);
        byte[] methods = new byte[count * MethodSize];
        int read = binary.Read(record + BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)), methods) / MethodSize;
        for (int index = 0; index < read; index++)
        {
            ReadOnlyMemory<byte> method = methods.AsMemory(index * MethodSize, MethodSize);
            string name = ReadName(BinaryPrimitives.ReadUInt32LittleEndian(method.Span));
            int entry = BinaryPrimitives.ReadInt32LittleEndian(method.Span[8..]);
            if (name.Length > 0)
                yield return (name, entry <= 0 ? 0 : module.Text + (ulong)entry);
        }
    }

    /// <summary>Descriptors that a type's own names: elements, fields, parameters, results.</summary>
    public IEnumerable<ulong> Related(GoType type) => type.Kind switch
    {
        GoKind.Struct => WordsOf(ReadList(type.Address, FieldSize, FieldLimit), 8, FieldSize),
        GoKind.Func => Parameters(type),
        GoKind.Interface => Signatures(type),
        _ => ((ulong[])[type.KeyAddress, type.ElementAddress]).Where(address => address != 0),
    };

    private IEnumerable<ulong> Signatures(GoType type)
    {
        ulong start = binary.Moduledata?.Types ?? 0;
        byte[] list = ReadList(type.Address, InterfaceMethodSize, MethodLimit);
        for (int at = 0; at < list.Length; at += InterfaceMethodSize)
            yield return start + BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(at + 4));
    }

    private IEnumerable<ulong> Parameters(GoType type)
    {
        byte[] counts = new byte[4];
        if (binary.Read(type.Address + 48, counts) != counts.Length)
            return [];
        // The top bit of the number of results marks a variadic function.
        int count = BinaryPrimitives.ReadUInt16LittleEndian(counts) + (BinaryPrimitives.ReadUInt16LittleEndian(counts.AsSpan(2)) & 0x7fff);
        byte[] list = new byte[Math.Min(count, ParameterLimit) * 8];
        int read = binary.Read(type.Address + 56 + (ulong)(HasUncommon(type.Address) ? UncommonSize : 0), list) & ~7;
        return WordsOf(list[..read], 0, 8);
    }

    private static IEnumerable<ulong> WordsOf(byte[] list, int first, int step)
    {
        for (int at = first; at + 8 <= list.Length; at += step)
            yield return BinaryPrimitives.ReadUInt64LittleEndian(list.AsSpan(at));
    }

    /// <summary>Interface methods and struct fields both lie behind a slice in the third word after the common part.</summary>
    private byte[] ReadList(ulong descriptor, int itemSize, int limit)
    {
        Span<byte> slice = stackalloc byte[16];
        if (binary.Read(descriptor + ListOffset, slice) != slice.Length)
            return [];
        byte[] list = new byte[(int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(slice[8..]), (ulong)limit) * itemSize];
        int read = binary.Read(BinaryPrimitives.ReadUInt64LittleEndian(slice), list);
        return list[..(read / itemSize * itemSize)];
    }

    private bool HasUncommon(ulong descriptor)
    {
        Span<byte> flags = stackalloc byte[1];
        return binary.Read(descriptor + 20, flags) == 1 && (flags[0] & UncommonFlag) != 0;
    }

    /// <summary>Where the record of a named type's methods lies: behind the part that is particular to its kind; 0 for types without one.</summary>
    private ulong UncommonAt(GoType type)
    {
        if (!HasUncommon(type.Address))
            return 0;
        return type.Address + (ulong)(type.Kind switch
        {
            GoKind.Struct or GoKind.Interface => 80,
            GoKind.Pointer or GoKind.Slice or GoKind.Func => 56,
            GoKind.Array => 72,
            GoKind.Chan => 64,
            GoKind.Map => MapSize(),
            _ => 48,
        });
    }

    /// <summary>Maps of groups (Go 1.24) are described in more words than maps of buckets, and since Go 1.27 in still more.</summary>
    private int MapSize()
    {
        if (binary.Moduledata is { FirstRelease: >= 27 })
            return 136;
        bool isClassic = binary.BuildInfo is { Release: < 24 } || binary.FindFunctions("runtime.evacuate").Count > 0 || binary.FindFunctions("runtime.(*hmap).newoverflow").Count > 0;
        return isClassic ? 88 : 112;
    }

    private string ReadName(uint offset)
    {
        if (binary.Moduledata is not { } module || offset == 0)
            return "";
        Span<byte> bytes = stackalloc byte[NameLimit];
        bytes = bytes[..binary.Read(module.Types + offset, bytes)];
        int length = 0;
        int position = 1;
        for (int shift = 0; position < bytes.Length && shift < 21; shift += 7)
        {
            byte part = bytes[position++];
            length |= (part & 0x7f) << shift;
            if (part < 0x80)
                break;
        }

        return length > 0 && position + length <= bytes.Length ? Encoding.UTF8.GetString(bytes.Slice(position, length)) : "";
    }
}
