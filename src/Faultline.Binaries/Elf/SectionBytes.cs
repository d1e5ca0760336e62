using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>The content of a section: a place in the mapped file, or an array that it was unpacked into. The default value is empty.</summary>
internal readonly struct SectionBytes
{
    private readonly MappedFile? _file;
    private readonly byte[]? _unpacked;
    private readonly long _offset;
    private readonly int _size;

    public SectionBytes(MappedFile file, long offset, int size)
    {
        _file = file;
        _offset = offset;
        _size = size;
    }

    public SectionBytes(byte[] unpacked)
    {
        _unpacked = unpacked;
        _size = unpacked.Length;
    }

    public int Length => _size;

    public bool IsEmpty => _size == 0;

    public ReadOnlySpan<byte> Span => _unpacked ?? (_file is not null && _file.TrySlice(_offset, _size, out var bytes) ? bytes : default);
}
