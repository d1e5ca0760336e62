using System.Buffers.Binary;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Finds the moduledata without symbols: it starts with the address of the pclntab, followed by the address of the function name table
/// inside it. The words may stand in the file or only in the relocations.
/// </summary>
internal static class ModuledataLocator
{
    private static readonly string[] SectionNames = [".go.module", ".noptrdata", ".data"];

    public static Moduledata? Find(ElfFile elf, Pclntab pclntab, int? release)
    {
        Span<byte> start = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(start, pclntab.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(start[8..], pclntab.Address + (ulong)pclntab.Header.FuncnameOffset);

        foreach (var name in SectionNames)
        {
            if (elf.TryFindSection(name, out var section) && FindInFile(elf, pclntab, release, start, section.Offset, section.FileSize, section.Address) is { } found)
                return found;
        }

        return FindInRelocations(elf, pclntab, release) ?? FindInSegments(elf, pclntab, release, start);
    }

    private static Moduledata? FindInRelocations(ElfFile elf, Pclntab pclntab, int? release)
    {
        Span<byte> second = stackalloc byte[8];
        foreach (var address in elf.Relocations.FindWords(pclntab.Address))
        {
            if (elf.Read(address + 8, second) == 8
                && BinaryPrimitives.ReadUInt64LittleEndian(second) == pclntab.Address + (ulong)pclntab.Header.FuncnameOffset
                && Moduledata.TryRead(elf, address, pclntab, release) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static Moduledata? FindInSegments(ElfFile elf, Pclntab pclntab, int? release, ReadOnlySpan<byte> start)
    {
        foreach (var segment in elf.Segments.Loads)
        {
            if (FindInFile(elf, pclntab, release, start, segment.Offset, segment.FileSize, segment.Address) is { } found)
                return found;
        }

        return null;
    }

    private static Moduledata? FindInFile(
        ElfFile elf, Pclntab pclntab, int? release, ReadOnlySpan<byte> start, long offset, ulong size, ulong address)
    {
        if (!elf.File.TrySlice(offset, (long)Math.Min(size, int.MaxValue), out var bytes))
            return null;
        for (var at = bytes.IndexOf(start); at >= 0;)
        {
            if (Moduledata.TryRead(elf, address + (ulong)at, pclntab, release) is { } found)
                return found;
            var next = bytes[(at + 1)..].IndexOf(start);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return null;
    }
}
