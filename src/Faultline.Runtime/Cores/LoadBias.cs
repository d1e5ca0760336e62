using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>Finds how far a position-independent program was moved from its link-time addresses.</summary>
internal static class LoadBias
{
    private const ulong AuxiliaryEntry = 9;
    private const ulong PageMask = 4095;

    /// <summary>0 for a program that is not position-independent; null when nothing in the core tells.</summary>
    public static ulong? Find(CoreFile core, GoBinary binary)
    {
        if (!binary.IsPositionIndependent)
            return 0;
        if (core.Auxiliary.TryGetValue(AuxiliaryEntry, out var entry) && (entry - binary.Elf.EntryAddress) is var bias && (bias & PageMask) == 0)
            return bias;
        return FromMappedFiles(core, binary) ?? FromModuledata(core, binary);
    }

    private static ulong? FromMappedFiles(CoreFile core, GoBinary binary)
    {
        var name = Path.GetFileName(binary.Path);
        var first = binary.Elf.ProgramHeaders.Where(segment => segment.Type == ElfSegmentType.Load).MinBy(segment => segment.Address);
        foreach (var file in core.MappedFiles)
        {
            if (file.FileOffset == first.Offset && Path.GetFileName(file.Path) == name)
                return file.Start - (first.Address & ~PageMask);
        }

        return null;
    }

    /// <summary>Without any note: the module data begin with two pointers whose distance is known, at a known place of a page.</summary>
    private static ulong? FromModuledata(CoreFile core, GoBinary binary)
    {
        if (binary.Moduledata is not { } module)
            return null;
        var memory = new TargetMemory(core.Memory);
        Span<byte> words = stackalloc byte[16];
        if (binary.Elf.Read(module.Address, words) != words.Length)
            return null;
        var table = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(words);
        var names = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(words[8..]);
        foreach (var segment in core.Segments)
        {
            for (var address = (segment.Start & ~PageMask) + (module.Address & PageMask); address < segment.End; address += PageMask + 1)
            {
                var bias = address - module.Address;
                if (memory.TryReadUInt64(address, out var first) && first == table + bias && memory.ReadUInt64(address + 8) == names + bias)
                    return bias;
            }
        }

        return null;
    }
}
