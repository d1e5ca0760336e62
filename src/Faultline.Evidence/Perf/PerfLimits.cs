namespace Faultline.Evidence.Perf;

/// <summary>Caps that every count and size of a recording passes before anything is allocated for it.</summary>
internal static class PerfLimits
{
    /// <summary>Most events (<c>-e</c>) of one recording; a targeted recording has one a call site.</summary>
    public const int EventCount = 65_536;

    /// <summary>Most ids of all events: one an event, processor and thread.</summary>
    public const int EventIdCount = 8 * 1024 * 1024;

    /// <summary>Largest <c>perf_event_attr</c>, in bytes; the kernel's own limit is a page.</summary>
    public const int AttributeSize = 4096;

    /// <summary>Longest string of a header section, in bytes.</summary>
    public const int TextSize = 64 * 1024;

    /// <summary>Most strings of one header section.</summary>
    public const int TextCount = 65_536;

    /// <summary>Most build ids that are kept.</summary>
    public const int BuildIdCount = 262_144;

    /// <summary>Most tracepoint formats of one recording.</summary>
    public const int FormatCount = 65_536;

    /// <summary>Largest <c>format</c> file, in bytes.</summary>
    public const int FormatSize = 1024 * 1024;

    /// <summary>Most fields of one tracepoint.</summary>
    public const int FieldCount = 1024;

    /// <summary>Most records that wait to be put in order, 16 bytes each.</summary>
    public const int PendingRecordCount = 8 * 1024 * 1024;

    /// <summary>Most bytes of unpacked records that wait to be put in order.</summary>
    public const long HeldSize = 256L * 1024 * 1024;

    /// <summary>Most bytes that one compressed record may unpack to; perf never packs more than one ring buffer at once.</summary>
    public const long UnpackedSize = 512L * 1024 * 1024;

    /// <summary>Most gaps of lost records whose time is kept.</summary>
    public const int LossCount = 65_536;
}
