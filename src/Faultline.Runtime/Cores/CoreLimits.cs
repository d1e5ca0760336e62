namespace Faultline.Runtime.Cores;

/// <summary>Caps for what a core may claim.</summary>
internal static class CoreLimits
{
    /// <summary>Most program headers: a process has as many mappings as the kernel allows, 65,530 unless it was raised.</summary>
    public const int SegmentCount = 1 << 20;

    /// <summary>Most threads whose registers are kept.</summary>
    public const int ThreadCount = 1 << 18;

    /// <summary>Most mapped files of the list in a core.</summary>
    public const int MappedFileCount = 1 << 20;

    /// <summary>Most pairs of the auxiliary vector; real ones have about 25.</summary>
    public const int AuxiliaryCount = 256;

    /// <summary>Largest core after unpacking, holes included, in bytes.</summary>
    public const long UnpackedSize = 1L << 40;

    /// <summary>Most bytes other than zero that unpacking may write.</summary>
    public const long WrittenSize = 32L << 30;
}
