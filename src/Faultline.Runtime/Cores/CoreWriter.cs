using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Faultline.Binaries.Elf;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>
/// Writes an ELF core of a process that stands still, laid out as the kernel does (<c>fs/binfmt_elf.c</c>): headers, notes, memory. Pages of zeros
/// become holes of the file, and so do pages that cannot be read.
/// </summary>
public static class CoreWriter
{
    private const int PageSize = PageCache.PageSize;
    private const int BlockSize = 256 * PageSize;
    private const ushort CoreType = 4, Amd64Machine = 62, Arm64Machine = 183;

    /// <summary>One less than the count that means "more than fit here"; the kernel allows a process no more mappings than that.</summary>
    private const int MostSegments = 0xfffe;

    /// <summary>Writes it into a file that is empty and can be sought in.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Stream file, CoreContents contents)
    {
        var ranges = contents.Ranges.Take(MostSegments - 1).ToList();
        var notes = CoreNoteWriter.Write(contents);
        var notesOffset = Unsafe.SizeOf<Elf64_Ehdr>() + (Unsafe.SizeOf<Elf64_Phdr>() * (ranges.Count + 1));
        var offset = (notesOffset + notes.Length + PageSize - 1L) / PageSize * PageSize;
        file.Write(MemoryMarshal.AsBytes([Header(contents.Architecture, ranges.Count + 1)]));
        WriteSegment(file, new Elf64_Phdr { p_type = (uint)ElfSegmentType.Note, p_offset = (ulong)notesOffset, p_filesz = (ulong)notes.Length, p_align = 4 });
        var start = offset;
        foreach (var range in ranges)
        {
            var size = range.End - range.Start;
            WriteSegment(file, new Elf64_Phdr
            {
                p_type = (uint)ElfSegmentType.Load,
                p_flags = Permissions(contents.Mappings, range.Start),
                p_offset = (ulong)offset,
                p_vaddr = range.Start,
                p_filesz = size,
                p_memsz = size,
                p_align = PageSize,
            });
            offset += (long)size;
        }

        file.Write(notes);
        // A file that is longer than what was written ends in a hole.
        file.SetLength(offset);
        var block = new byte[BlockSize];
        foreach (var range in ranges)
        {
            CopyMemory(contents.Memory, range.Start, range.End, block, file, start);
            start += (long)(range.End - range.Start);
        }
    }

    private static void CopyMemory(IAddressSpace memory, ulong start, ulong end, byte[] block, Stream file, long offset)
    {
        for (var address = start; address < end;)
        {
            var count = memory.Read(address, block.AsSpan(0, (int)Math.Min(BlockSize, end - address)));
            // What lies behind a page that cannot be read may be there.
            var whole = count < PageSize ? PageSize : count / PageSize * PageSize;
            for (var at = 0; at + PageSize <= count; at += PageSize)
            {
                var page = block.AsSpan(at, PageSize);
                if (!page.ContainsAnyExcept((byte)0))
                    continue;
                file.Position = offset + (long)(address - start) + at;
                file.Write(page);
            }

            address += (ulong)whole;
        }
    }

    private static Elf64_Ehdr Header(string architecture, int segmentCount)
    {
        var header = new Elf64_Ehdr
        {
            e_type = CoreType,
            e_machine = architecture == "arm64" ? Arm64Machine : Amd64Machine,
            e_version = 1,
            e_phoff = (ulong)Unsafe.SizeOf<Elf64_Ehdr>(),
            e_ehsize = (ushort)Unsafe.SizeOf<Elf64_Ehdr>(),
            e_phentsize = (ushort)Unsafe.SizeOf<Elf64_Phdr>(),
            e_phnum = (ushort)segmentCount,
        };
        ReadOnlySpan<byte> identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(MemoryMarshal.AsBytes(new Span<Elf64_Ehdr>(ref header)));
        return header;
    }

    private static void WriteSegment(Stream file, Elf64_Phdr segment) => file.Write(MemoryMarshal.AsBytes([segment]));

    private static uint Permissions(IReadOnlyList<MemoryRange> mappings, ulong address)
    {
        foreach (var mapping in mappings)
        {
            if (address >= mapping.Start && address < mapping.End)
                return (mapping.IsExecutable ? 1u : 0) | (mapping.IsWritable ? 2u : 0) | (mapping.IsReadable ? 4u : 0);
        }

        return 4;
    }
}
