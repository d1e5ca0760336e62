using System.Text;

namespace Faultline.Binaries.Tests.Builders;

/// <summary>
/// Writes ELF64 files: 64 bytes of header, the program headers, then whatever the caller puts into <see cref="Image"/> at file offsets;
/// sections go to the end.
/// </summary>
public sealed class ElfBuilder
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;

    private readonly List<(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)> _segments = [];
    private readonly List<(string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link)> _sections = [];

    public ImageBuilder Image { get; } = new();

    public int Type { get; set; } = 2;

    public int Machine { get; set; } = 62;

    public ElfBuilder Segment(uint type, ulong offset, ulong address, ulong fileSize, ulong? memorySize = null, uint flags = 6)
    {
        _segments.Add((type, flags, offset, address, fileSize, memorySize ?? fileSize));
        return this;
    }

    public ElfBuilder Section(string name, uint type, ulong flags, ulong address, ulong offset, ulong size, uint link = 0)
    {
        _sections.Add((name, type, flags, address, offset, size, link));
        return this;
    }

    /// <summary>Writes the file and returns its path; the caller deletes it.</summary>
    public string Write(TemporaryDirectory directory)
    {
        Image.Put(0, [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1])
            .PutUInt16(16, Type).PutUInt16(18, Machine).PutUInt32(20, 1)
            .PutUInt64(32, HeaderSize).PutUInt16(52, HeaderSize)
            .PutUInt16(54, ProgramHeaderSize).PutUInt16(56, _segments.Count).PutUInt16(58, 64);
        var at = HeaderSize;
        foreach (var segment in _segments)
        {
            Image.PutUInt32(at, segment.Type).PutUInt32(at + 4, segment.Flags).PutUInt64(at + 8, segment.Offset).PutUInt64(at + 16, segment.Address)
                .PutUInt64(at + 32, segment.FileSize).PutUInt64(at + 40, segment.MemorySize).PutUInt64(at + 48, 8);
            at += ProgramHeaderSize;
        }

        if (_sections.Count > 0)
            WriteSections();
        return directory.Write(Image.Bytes);
    }

    private void WriteSections()
    {
        var names = new StringBuilder("\0");
        var table = Image.Length;
        var all = _sections.Prepend(("", 0u, 0ul, 0ul, 0ul, 0ul, 0u)).ToList();
        var namesOffset = table + (64 * (all.Count + 1));
        all.Add((".shstrtab", 3, 0, 0, (ulong)namesOffset, 1000, 0));
        for (var index = 0; index < all.Count; index++)
        {
            var (name, type, flags, address, offset, size, link) = all[index];
            var at = table + (64 * index);
            Image.PutUInt32(at, names.Length).PutUInt32(at + 4, type).PutUInt64(at + 8, flags).PutUInt64(at + 16, address)
                .PutUInt64(at + 24, offset).PutUInt64(at + 32, size).PutUInt32(at + 40, link).PutUInt64(at + 56, 0);
            names.Append(name).Append('\0');
        }

        Image.Put(namesOffset, Encoding.UTF8.GetBytes(names.ToString())).PutByte(namesOffset + 1000, 0);
        Image.PutUInt64(40, (ulong)table).PutUInt16(60, all.Count).PutUInt16(62, all.Count - 1);
    }
}
