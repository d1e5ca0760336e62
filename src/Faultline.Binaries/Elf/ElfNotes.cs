using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>The build identifiers that linkers leave in note records.</summary>
internal static class ElfNotes
{
    private const uint GoBuildIdType = 4;
    private const uint GnuBuildIdType = 3;
    private const int NoteAlignment = 4;

    public static (string? GoBuildId, string? GnuBuildId) ReadBuildIds(MappedFile file, ElfHeader header, DiagnosticLog diagnostics)
    {
        string? go = null;
        string? gnu = null;
        foreach (var (offset, size) in Regions(header))
        {
            try
            {
                ReadRegion(file, offset, size, ref go, ref gnu);
            }
            catch (MalformedDataException exception)
            {
                diagnostics.Add("ELF0103", DiagnosticSeverity.Warning, exception);
            }
        }

        return (go, gnu);
    }

    private static IEnumerable<(long Offset, ulong Size)> Regions(ElfHeader header) =>
        header.Segments.Where(segment => segment.Type == ElfSegmentType.Note).Select(segment => (segment.Offset, segment.FileSize))
            .Concat(header.Sections.Where(section => section.Type == ElfSectionType.Note).Select(section => (section.Offset, section.Size)));

    private static void ReadRegion(MappedFile file, long offset, ulong size, ref string? go, ref string? gnu)
    {
        var cursor = new ByteCursor(file.Slice(offset, (long)Math.Min(size, int.MaxValue), "notes"), file.Path, "notes", offset);
        while (cursor.Remaining >= 12)
        {
            var nameSize = cursor.ReadUInt32();
            var valueSize = cursor.ReadUInt32();
            var type = cursor.ReadUInt32();
            var name = ReadPadded(ref cursor, nameSize);
            var value = ReadPadded(ref cursor, valueSize);
            if (type == GoBuildIdType && name.SequenceEqual("Go\0\0"u8))
                go ??= Encoding.UTF8.GetString(value).TrimEnd('\0');
            else if (type == GnuBuildIdType && name.SequenceEqual("GNU\0"u8))
                gnu ??= Convert.ToHexStringLower(value);
        }
    }

    /// <summary>Sizes exclude the padding; the last value of a region may lack it.</summary>
    private static ReadOnlySpan<byte> ReadPadded(ref ByteCursor cursor, uint size)
    {
        var bytes = cursor.ReadBytes((int)Math.Min(size, int.MaxValue));
        var padding = (int)(-size & (NoteAlignment - 1));
        cursor.Skip(Math.Min(padding, cursor.Remaining));
        return bytes;
    }
}
