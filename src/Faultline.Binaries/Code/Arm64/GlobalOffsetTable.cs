using System.Buffers.Binary;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.Code.Arm64;

/// <summary>The addresses that position-independent code loads instead of computing them; the loader fills them in once.</summary>
internal sealed class GlobalOffsetTable
{
    private readonly GoBinary binary;
    private readonly ulong start;
    private readonly ulong size;

    public GlobalOffsetTable(GoBinary binary)
    {
        this.binary = binary;
        foreach (ElfSection section in binary.Elf.Sections)
        {
            if (section.Name is ".got")
                (start, size) = (section.Address, section.Size);
        }
    }

    public bool TryRead(ulong address, out ulong word)
    {
        word = 0;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        if (address - start >= size || binary.Read(address, bytes) != bytes.Length)
            return false;
        word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return word != 0;
    }
}
