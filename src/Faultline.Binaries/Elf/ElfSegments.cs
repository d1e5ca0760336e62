using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>Link-time addresses to the bytes that the file has for them, through the loadable segments.</summary>
internal sealed class ElfSegments
{
    private readonly MappedFile _file;
    private readonly ElfSegment[] _loads;

    public ElfSegments(MappedFile file, ElfSegment[] segments)
    {
        _file = file;
        _loads = [.. segments.Where(segment => segment.Type == ElfSegmentType.Load && segment.FileSize > 0).OrderBy(segment => segment.Address)];
    }

    /// <summary>Loadable segments with bytes in the file, in address order.</summary>
    public ReadOnlySpan<ElfSegment> Loads => _loads;

    public bool IsMapped(ulong address)
    {
        foreach (var segment in _loads)
        {
            if (address - segment.Address < segment.MemorySize)
                return true;
        }

        return false;
    }

    /// <summary>The file's bytes from an address to the end of its segment, at most <paramref name="size"/>; empty when the file has none.</summary>
    public ReadOnlySpan<byte> GetBytes(ulong address, int size)
    {
        foreach (var segment in _loads)
        {
            if (!segment.HoldsInFile(address))
                continue;
            var skip = address - segment.Address;
            var available = Math.Min(segment.FileSize - skip, (ulong)size);
            _file.TrySlice(segment.Offset + (long)skip, (long)available, out var bytes);
            return bytes;
        }

        return default;
    }

    /// <summary>True when all bytes lie in one segment of the file.</summary>
    public bool TryGetBytes(ulong address, int size, out ReadOnlySpan<byte> bytes)
    {
        bytes = GetBytes(address, size);
        return bytes.Length == size;
    }

    public bool TryGetOffset(ulong address, out long offset)
    {
        foreach (var segment in _loads)
        {
            if (segment.HoldsInFile(address))
            {
                offset = segment.Offset + (long)(address - segment.Address);
                return true;
            }
        }

        offset = 0;
        return false;
    }
}
