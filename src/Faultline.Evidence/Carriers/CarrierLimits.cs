namespace Faultline.Evidence.Carriers;

/// <summary>Caps of the unwrapping: what a hostile log can make it hold.</summary>
internal static class CarrierLimits
{
    /// <summary>Longest line of a log that may carry others: a JSON record can hold a whole traceback.</summary>
    public const int LineSize = 16 << 20;

    /// <summary>Longest line put together from partial ones.</summary>
    public const int PartialLineSize = 4 << 20;

    /// <summary>Streams of one input that hold crash text.</summary>
    public const int StreamCount = 1024;

    /// <summary>Streams of one input told apart by name.</summary>
    public const int NameCount = 64 * 1024;

    /// <summary>Longest name of a stream; a longer one is cut.</summary>
    public const int NameSize = 256;

    /// <summary>Carriers within carriers, and prefixes in front of one line.</summary>
    public const int Depth = 4;

    public const int PrefixCount = 6;

    /// <summary>Compressed files within compressed files.</summary>
    public const int PackingDepth = 4;

    /// <summary>Lines that looked like JSON and were not, after which no more are tried unless most were right.</summary>
    public const int BrokenRecordCount = 1000;
}
