namespace Faultline.Evidence.Perf;

/// <summary>The numbered remarks on recordings; docs/diagnostics.md explains them.</summary>
public static class PerfDiagnostics
{
    /// <summary>The recorder was killed: the header gives no size, and the names and feature sections at its end are missing.</summary>
    public const string Unfinished = "PERF0101";

    /// <summary>The file ends before what its header announces.</summary>
    public const string Truncated = "PERF0102";

    /// <summary>A record's header is impossible; what lies up to the next mark of the recorder was skipped.</summary>
    public const string BrokenRecord = "PERF0103";

    /// <summary>A record is shorter than its fields; it was dropped.</summary>
    public const string ShortRecord = "PERF0104";

    /// <summary>A record carries the id of no event; it was dropped.</summary>
    public const string UnknownId = "PERF0105";

    /// <summary>A section of the header is malformed; it counts as absent.</summary>
    public const string BrokenFeature = "PERF0106";

    /// <summary>A tracepoint's format is malformed or missing; its fields cannot be read.</summary>
    public const string BrokenFormat = "PERF0107";

    /// <summary>Compressed records are damaged; those after the damage are lost.</summary>
    public const string DamagedCompression = "PERF0108";

    /// <summary>More records than can be held back wait for their order.</summary>
    public const string OrderGivenUp = "PERF0109";

    /// <summary>More events, ids, build ids or formats than the cap; the rest was dropped.</summary>
    public const string TooMany = "PERF0111";

    /// <summary>Records without a time cannot be put in order.</summary>
    public const string NoTime = "PERF0112";

    /// <summary>A line of <c>perf script</c> is longer than the cap and was cut.</summary>
    public const string ScriptLineTooLong = "PERF0113";
}
