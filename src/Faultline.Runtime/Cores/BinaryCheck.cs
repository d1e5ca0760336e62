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
        var (go, gnu) = ReadBuildIds(memory, binary, loadBias);
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

    /// <summary>Reads the notes where the binary has its own: another build has them elsewhere or with another content.</summary>
    private static (string? Go, string? Gnu) ReadBuildIds(TargetMemory memory, GoBinary binary, ulong loadBias)
    {
        string? go = null;
        string? gnu = null;
        foreach (var segment in binary.Elf.ProgramHeaders)
        {
            if (segment.Type != ElfSegmentType.Note || segment.FileSize > NoteSizeLimit)
                continue;
            var bytes = memory.ReadBytes(segment.Address + loadBias, (int)segment.FileSize);
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
