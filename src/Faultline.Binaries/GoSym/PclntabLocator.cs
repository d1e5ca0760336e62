using System.Buffers.Binary;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>Finds the pclntab by its section or, where linkers merged or dropped that, by its header's bytes.</summary>
internal static class PclntabLocator
{
    private const int ScanAlignment = 8;

    private static readonly string[] SectionNames = [".gopclntab", ".data.rel.ro.gopclntab"];

    /// <summary>The table, its text start not set; null when the file has none that can be read.</summary>
    public static Pclntab? Find(ElfFile elf)
    {
        foreach (var name in SectionNames)
        {
            if (elf.TryFindSection(name, out var section)
                && (TryOpenDisguised(elf, section) ?? TryOpen(elf, section.Offset, (long)section.FileSize, section.Address)) is { } table)
            {
                return table;
            }
        }

        return Scan(elf);
    }

    private static Pclntab? Scan(ElfFile elf)
    {
        foreach (var segment in elf.Segments.Loads)
        {
            if (!elf.File.TrySlice(segment.Offset, (long)Math.Min(segment.FileSize, int.MaxValue), out var bytes))
                continue;
            for (var at = IndexOfHeader(bytes, 0); at >= 0; at = IndexOfHeader(bytes, at + 1))
            {
                var header = bytes[at..];
                if (at % ScanAlignment == 0 && PclntabHeader.LooksLikeHeader(header)
                    && TryOpen(elf, segment.Offset + at, header.Length, segment.Address + (ulong)at) is { } table)
                {
                    return table;
                }
            }
        }

        return null;
    }

    /// <summary>The next place with the magic's constant bytes <c>ff ff ff 00 00</c>, one before which the magic starts.</summary>
    private static int IndexOfHeader(ReadOnlySpan<byte> bytes, int from)
    {
        if (from + 1 >= bytes.Length)
            return -1;
        var found = bytes[(from + 1)..].IndexOf((ReadOnlySpan<byte>)[0xff, 0xff, 0xff, 0, 0]);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>
    /// A table whose magic is none of Go's, as obfuscators write it so that tools do not know it, but whose content is that of the
    /// newest format. The entries in function records may be scrambled too; those of the rows, which are used here, cannot be.
    /// </summary>
    private static Pclntab? TryOpenDisguised(ElfFile elf, in ElfSection section)
    {
        if (!elf.File.TrySlice(section.Offset, 4, out var start))
            return null;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(start);
        if (PclntabLayout.Find(magic) is not null)
            return null;
        try
        {
            var table = new Pclntab(elf.File, section.Offset, (int)Math.Min(section.FileSize, int.MaxValue), section.Address, PclntabLayout.All[0]);
            if (!IsConsistent(table))
                return null;
            elf.Log.Add(
                "GOSYM0108", DiagnosticSeverity.Info, section.Offset,
                $"the function table has the magic 0x{magic:x}, which no Go release writes: the program was obfuscated, names are shown as they stand");
            return table;
        }
        catch (MalformedDataException)
        {
            // It is no table in disguise; the caller says what is wrong with it.
            return null;
        }
    }

    /// <summary>Whether rows ascend and names are text, all through the table.</summary>
    private static bool IsConsistent(Pclntab table)
    {
        for (var index = 0; index < table.FunctionCount; index++)
        {
            if (table.EntryOf(index) > table.EndOf(index) || table.GetNameBytes(index) is not { IsEmpty: false } name || name.ContainsAnyInRange((byte)0, (byte)0x1f))
                return false;
        }

        return true;
    }

    private static Pclntab? TryOpen(ElfFile elf, long offset, long size, ulong address)
    {
        try
        {
            return new Pclntab(elf.File, offset, (int)Math.Min(size, int.MaxValue), address);
        }
        catch (MalformedDataException exception)
        {
            elf.Log.Add("GOSYM0102", DiagnosticSeverity.Warning, exception);
            return null;
        }
    }
}
