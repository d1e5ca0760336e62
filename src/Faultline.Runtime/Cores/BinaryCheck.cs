using System.Runtime.InteropServices;
using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>
/// Compares a binary with the memory of a core. The first page of a program, with its headers and notes, is part of every core that the
/// kernel writes unless <c>coredump_filter</c> was changed; the module data, which are writable, are always there.
/// </summary>
internal static class BinaryCheck
{
    private const uint GoBuildIdType = 4;
    private const uint GnuBuildIdType = 3;
    private const int NoteSizeLimit = 64 * 1024;

    /// <summary>Words of the module data that differ between builds: tables, text, data and types.</summary>
    private const int ComparedSize = 256;

    public static BinaryFit Compare(CoreFile core, GoBinary binary, ulong loadBias)
    {
        if (core.Architecture != binary.Architecture)
            return BinaryFit.Different;
        var memory = new TargetMemory(core.Memory);
        var (go, gnu) = ReadBuildIds(memory, OwnNotes(core, memory));
        if (go is null && gnu is null)
            (go, gnu) = ReadBuildIds(memory, NotesOf(binary, loadBias));
        if (Compare(go, binary.GoBuildId) is not BinaryFit.Unknown and var byGo)
            return byGo;
        return Compare(gnu, binary.GnuBuildId) is not BinaryFit.Unknown and var byGnu ? byGnu : CompareModuledata(memory, binary, loadBias);
    }

    private static BinaryFit Compare(string? inCore, string? inBinary)
    {
        if (string.IsNullOrEmpty(inCore) || string.IsNullOrEmpty(inBinary))
            return BinaryFit.Unknown;
        return inCore == inBinary ? BinaryFit.Same : BinaryFit.Different;
    }

    /// <summary>Where the program headers of the process itself say that its notes are; empty when the core leaves them out.</summary>
    private static List<(ulong Address, ulong Size)> OwnNotes(CoreFile core, TargetMemory memory)
    {
        const ulong headersKey = 3;
        const ulong countKey = 5;
        const int headerSize = 56;
        const ulong countLimit = 64;
        var notes = new List<(ulong, ulong)>();
        if (!core.Auxiliary.TryGetValue(headersKey, out var headers) || !core.Auxiliary.TryGetValue(countKey, out var count))
            return notes;
        var bytes = memory.ReadBytes(headers, (int)Math.Min(count, countLimit) * headerSize);
        var bias = 0UL;
        for (var at = 0; at + headerSize <= bytes.Length; at += headerSize)
        {
            var header = MemoryMarshal.Read<Elf64_Phdr>(bytes.AsSpan(at));
            if ((ElfSegmentType)header.p_type == ElfSegmentType.ProgramHeaders)
                bias = headers - header.p_vaddr;
            else if ((ElfSegmentType)header.p_type == ElfSegmentType.Note)
                notes.Add((header.p_vaddr + bias, header.p_filesz));
        }

        return notes;
    }

    /// <summary>Where the binary has its notes: another build has them elsewhere or with another content.</summary>
    private static IEnumerable<(ulong Address, ulong Size)> NotesOf(GoBinary binary, ulong loadBias) =>
        binary.Elf.ProgramHeaders.Where(segment => segment.Type == ElfSegmentType.Note).Select(segment => (segment.Address + loadBias, segment.FileSize));

    private static (string? Go, string? Gnu) ReadBuildIds(TargetMemory memory, IEnumerable<(ulong Address, ulong Size)> notes)
    {
        string? go = null;
        string? gnu = null;
        foreach (var (address, size) in notes)
        {
            if (size > NoteSizeLimit)
                continue;
            var bytes = memory.ReadBytes(address, (int)size);
            var cursor = new ByteCursor(bytes, "memory", "notes");
            try
            {
                while (cursor.Remaining >= 12)
                {
                    var (nameSize, valueSize, type) = (cursor.ReadUInt32(), cursor.ReadUInt32(), cursor.ReadUInt32());
                    var name = cursor.ReadBytes((int)Math.Min((nameSize + 3) & ~3u, int.MaxValue));
                    var value = cursor.ReadBytes((int)Math.Min((valueSize + 3) & ~3u, int.MaxValue))[..(int)Math.Min(valueSize, int.MaxValue)];
                    if (type == GoBuildIdType && name.SequenceEqual("Go\0\0"u8))
                        go ??= Encoding.UTF8.GetString(value).TrimEnd('\0');
                    else if (type == GnuBuildIdType && name.SequenceEqual("GNU\0"u8))
                        gnu ??= Convert.ToHexStringLower(value);
                }
            }
            catch (MalformedDataException)
            {
                // What is not a note at this place says nothing.
            }
        }

        return (go, gnu);
    }

    private static BinaryFit CompareModuledata(TargetMemory memory, GoBinary binary, ulong loadBias)
    {
        if (binary.Moduledata is not { } module)
            return BinaryFit.Unknown;
        Span<byte> expected = stackalloc byte[ComparedSize];
        Span<byte> found = stackalloc byte[ComparedSize];
        if (binary.Elf.Read(module.Address, expected, loadBias) != expected.Length || !memory.TryRead(module.Address + loadBias, found))
            return BinaryFit.Unknown;
        return MemoryMarshal.Cast<byte, ulong>(expected).SequenceEqual(MemoryMarshal.Cast<byte, ulong>(found)) ? BinaryFit.Same : BinaryFit.Different;
    }
}
