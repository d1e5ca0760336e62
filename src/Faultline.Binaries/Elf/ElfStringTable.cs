using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>A string table section: NUL-terminated names by offset. The default value has no names.</summary>
internal readonly struct ElfStringTable(MappedFile file, long offset, ulong size)
{
    /// <summary>The name at an offset; empty when there is none.</summary>
    public string Get(uint nameOffset)
    {
        if (file is null || nameOffset >= size)
            return "";
        var wanted = Math.Min(size - nameOffset, ReadLimits.NameSize);
        if (!file.TrySlice(offset + nameOffset, Math.Min((long)wanted, file.Length - offset - nameOffset), out var bytes))
            return "";
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.UTF8.GetString(bytes[..end]);
    }

    /// <summary>True when exactly this name stands at an offset.</summary>
    public bool Holds(uint nameOffset, ReadOnlySpan<byte> name) =>
        file is not null && nameOffset + (ulong)name.Length < size
        && file.TrySlice(offset + nameOffset, name.Length + 1, out var bytes) && bytes[^1] == 0 && bytes.StartsWith(name);
}
