namespace Faultline.Evidence.Races;

/// <summary>Caps of what is kept of race reports.</summary>
public static class RaceLimits
{
    /// <summary>Groups of one stream.</summary>
    public const int GroupCount = 10_000;

    /// <summary>Pairs of lines of one group.</summary>
    public const int PlaceCount = 32;

    /// <summary>Addresses of one group that are told apart.</summary>
    public const int AddressCount = 64;

    /// <summary>Frames of one stack; deeper ones are dropped.</summary>
    public const int FrameCount = 1024;

    /// <summary>Different frames of one stream, and their bytes.</summary>
    public const int DistinctFrameCount = 200_000;

    public const int DistinctFrameSize = 32 << 20;

    /// <summary>Accesses, and goroutines, of one report: the detector prints two.</summary>
    public const int SideCount = 8;

    /// <summary>Lines of others within one report, after which it counts as cut off.</summary>
    public const int ForeignLineCount = 100;
}
