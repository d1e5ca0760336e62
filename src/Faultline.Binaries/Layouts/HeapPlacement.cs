namespace Faultline.Binaries.Layouts;

/// <summary>Where Go's allocator puts an object that is one value of a type, as far as that is certain.</summary>
/// <param name="SlotSize">Bytes that it takes: its size class; 0 for an empty one, which takes none.</param>
/// <param name="HeaderSize">Bytes of the slot that the allocator keeps before the object.</param>
/// <param name="Alignment">Every such object starts at a multiple of this, <see cref="HeaderSize"/> added; a power of two.</param>
/// <param name="IsShared">True for objects small enough to share a slot with others.</param>
public sealed record HeapPlacement(long SlotSize, int HeaderSize, int Alignment, bool IsShared)
{
    private const int PageSize = 8192;
    private const int TinySize = 16;
    private const int WordSize = 8;
    private const int LargestClass = 32768;

    /// <summary>Up to this size a bitmap at the end of the span says where the pointers are, and no header (<c>heapBitsInSpan</c>).</summary>
    private const int LargestWithoutHeader = 512;

    private const int FirstReleaseWithHeaders = 22;

    /// <summary>Size classes of the allocator, the same since Go 1.16 (<c>runtime/sizeclasses.go</c>).</summary>
    public static IReadOnlyList<int> SizeClasses { get; } =
    [
        8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280,
        1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432,
        19072, 20480, 21760, 24576, 27264, 28672, 32768,
    ];

    /// <summary>True when every such object starts at a cache line, so that lines counted from its start are those of the machine.</summary>
    /// <param name="lineSize">Bytes of a line.</param>
    public bool StartsAtLine(int lineSize) => HeaderSize == 0 && !IsShared && Alignment >= lineSize;

    /// <summary>Where an object of a type lies.</summary>
    /// <param name="size">Bytes of the value.</param>
    /// <param name="hasPointers">Whether the collector looks into it.</param>
    /// <param name="release">Minor release of Go.</param>
    public static HeapPlacement Of(long size, bool hasPointers, int release)
    {
        if (size == 0)
            return new HeapPlacement(0, 0, 1, IsShared: true);
        if (size < TinySize && !hasPointers)
            return new HeapPlacement(TinySize, 0, 1, IsShared: true);
        var header = hasPointers && size > LargestWithoutHeader && size <= LargestClass - WordSize && release >= FirstReleaseWithHeaders ? WordSize : 0;
        foreach (var slot in SizeClasses)
        {
            if (size + header <= slot)
                return new HeapPlacement(slot, header, Math.Min(PageSize, slot & -slot), IsShared: false);
        }

        return new HeapPlacement(FieldOrder.RoundUp(size, PageSize), 0, PageSize, IsShared: false);
    }
}
