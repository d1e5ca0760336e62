namespace Faultline.Evidence.Tracebacks;

/// <summary>The numbered remarks of the traceback parser; docs/diagnostics.md explains them.</summary>
public static class TracebackDiagnostics
{
    /// <summary>A line longer than the cap was skipped.</summary>
    public const string LineTooLong = "TRACE0001";

    /// <summary>A report ends in the middle of a block.</summary>
    public const string Truncated = "TRACE0002";

    /// <summary>More goroutines than the cap; the rest was dropped.</summary>
    public const string TooManyGoroutines = "TRACE0003";

    /// <summary>More distinct frame locations than the cap; frames at further ones were dropped.</summary>
    public const string TooManyLocations = "TRACE0004";

    /// <summary>More distinct stacks than the cap; frames beyond were dropped.</summary>
    public const string TooManyStacks = "TRACE0005";

    /// <summary>The argument budget of the log is used up; later frames have no arguments.</summary>
    public const string ArgumentsDropped = "TRACE0006";

    /// <summary>A goroutine with more frames than the cap; its outer frames were dropped.</summary>
    public const string StackTooDeep = "TRACE0007";

    /// <summary>More distinct header texts (labels) than the cap; further labels were dropped.</summary>
    public const string TooManyHeaders = "TRACE0008";

    /// <summary>More crash reports than the cap; the rest was dropped.</summary>
    public const string TooManyReports = "TRACE0009";

    /// <summary>A scheduler dump with more lines than the cap; the rest was dropped.</summary>
    public const string SchedulerDumpTooLong = "TRACE0011";
}
