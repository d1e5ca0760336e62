using System.Buffers.Binary;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>
/// The words of a position-independent file that the loader sets to "load bias + addend" (R_X86_64_RELATIVE, R_AARCH64_RELATIVE).
/// Linkers may leave those words zero in the file, so link-time reads lay the addends over the bytes.
/// </summary>
internal sealed class ElfRelocations
{
    private const int EntrySize = 24;
    private const int WordSize = 8;
    private const long DynamicRela = 7;
    private const long DynamicRelaSize = 8;

    private static readonly Dictionary<string, uint> RelativeTypes = new(StringComparer.Ordinal)
    {
        ["amd64"] = 8,
        ["arm64"] = 1027,
        ["riscv64"] = 3,
        ["loong64"] = 3,
        ["ppc64le"] = 22,
    };

    private readonly ulong[] _addresses;
    private readonly ulong[] _addends;

    private ElfRelocations(ulong[] addresses, ulong[] addends)
    {
        _addresses = addresses;
        _addends = addends;
    }

    public static ElfRelocations None { get; } = new([], []);

    public int Count => _addresses.Length;

    /// <summary>Addresses of the relocated words, ascending.</summary>
    public ReadOnlySpan<ulong> Addresses => _addresses;

    /// <summary>Reads the table that the dynamic section names, so that files without section headers work too.</summary>
    public static ElfRelocations Read(MappedFile file, ElfHeader header, ElfSegments segments)
    {
        if (!header.IsPositionIndependent || !RelativeTypes.TryGetValue(header.Architecture, out var relativeType))
            return None;
        var (tableAddress, tableSize) = FindTable(file, header.Segments);
        if (tableSize == 0)
            return None;
        if (tableSize > int.MaxValue || !segments.TryGetBytes(tableAddress, (int)tableSize, out var table))
        {
            Throw.Malformed(file.Path, 0, "relocation table", $"its {tableSize} bytes at address 0x{tableAddress:x} are not in the file");
            return None;
        }

        var capacity = table.Length / EntrySize;
        var addresses = new ulong[capacity];
        var addends = new ulong[capacity];
        var count = 0;
        var cursor = new ByteCursor(table, file.Path, "relocation table");
        for (var index = 0; index < capacity; index++)
        {
            var entry = cursor.ReadStruct<Elf64_Rela>();
            if ((uint)entry.r_info != relativeType)
                continue;
            addresses[count] = entry.r_offset;
            addends[count++] = entry.r_addend;
        }

        Array.Resize(ref addresses, count);
        Array.Resize(ref addends, count);
        if (!IsSorted(addresses))
            Array.Sort(addresses, addends);
        return new ElfRelocations(addresses, addends);
    }

    /// <summary>Lays the relocated words over bytes that were read from an address.</summary>
    public void Overlay(ulong address, Span<byte> bytes, ulong loadBias)
    {
        if (_addresses.Length == 0 || bytes.IsEmpty)
            return;
        Span<byte> word = stackalloc byte[WordSize];
        var end = address + (ulong)bytes.Length;
        var from = address < WordSize ? 0 : address - (WordSize - 1);
        for (var index = LowerBound(from); index < _addresses.Length && _addresses[index] < end; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, _addends[index] + loadBias);
            var shift = (long)(_addresses[index] - address);
            var skip = (int)Math.Max(0, -shift);
            var target = bytes[(int)Math.Max(0, shift)..];
            word[skip..Math.Min(WordSize, skip + target.Length)].CopyTo(target);
        }
    }

    /// <summary>Addresses of the words that hold a value, in ascending order.</summary>
    public IEnumerable<ulong> FindWords(ulong value)
    {
        for (var index = 0; index < _addends.Length; index++)
        {
            if (_addends[index] == value)
                yield return _addresses[index];
        }
    }

    private int LowerBound(ulong address)
    {
        var index = Array.BinarySearch(_addresses, address);
        if (index < 0)
            return ~index;
        while (index > 0 && _addresses[index - 1] == address)
            index--;
        return index;
    }

    private static bool IsSorted(ulong[] values)
    {
        for (var index = 1; index < values.Length; index++)
        {
            if (values[index - 1] > values[index])
                return false;
        }

        return true;
    }

    private static (ulong Address, ulong Size) FindTable(MappedFile file, ElfSegment[] segments)
    {
        var (address, size) = (0UL, 0UL);
        foreach (var segment in segments)
        {
            if (segment.Type != ElfSegmentType.Dynamic)
                continue;
            var cursor = new ByteCursor(
                file.Slice(segment.Offset, (long)Math.Min(segment.FileSize, int.MaxValue), "dynamic section"), file.Path, "dynamic section", segment.Offset);
            while (cursor.Remaining >= 16)
            {
                var entry = cursor.ReadStruct<Elf64_Dyn>();
                if (entry.d_tag == 0)
                    break;
                if (entry.d_tag == DynamicRela)
                    address = entry.d_val;
                else if (entry.d_tag == DynamicRelaSize)
                    size = entry.d_val;
            }
        }

        return (address, size);
    }
}
