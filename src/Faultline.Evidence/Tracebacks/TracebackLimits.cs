namespace Faultline.Evidence.Tracebacks;

/// <summary>Caps of the traceback parser: what a hostile log can make it hold. Beyond a cap the surplus is dropped with one diagnostic.</summary>
internal static class TracebackLimits
{
    /// <summary>Longest line looked at, in bytes; the runtime's own lines stay below a few kilobytes.</summary>
    public const int LineSize = 1 << 20;

    /// <summary>Longest text between the parentheses of a frame; the runtime prints at most ten values and their braces.</summary>
    public const int ArgumentTextSize = 4096;

    /// <summary>Packed arguments kept for one log, about fifteen million addresses or a hundred million small numbers.</summary>
    public const long ArgumentTotal = 96L << 20;

    /// <summary>Bytes kept for what frames do not share: arguments, frame pointers, gaps.</summary>
    public const long ArchiveSize = 192L << 20;

    /// <summary>Frames kept of one goroutine; the runtime prints at most about a hundred.</summary>
    public const int FrameCount = 4096;

    public const int GoroutineCount = 4 << 20;

    /// <summary>Distinct frame locations of one log, and the bytes of their text.</summary>
    public const int LocationCount = 256 * 1024;

    public const long LocationTextTotal = 64L << 20;

    /// <summary>Nodes of the tree of stacks.</summary>
    public const int StackNodeCount = 1 << 20;

    /// <summary>Distinct texts in the brackets of goroutine headers, and their bytes.</summary>
    public const int HeaderShapeCount = 256 * 1024;

    public const long HeaderTextTotal = 32L << 20;

    public const int ReportCount = 10_000;

    public const int HeadlineCount = 256;

    /// <summary>Bytes of one headline with its continuation lines.</summary>
    public const int HeadlineTextSize = 64 * 1024;

    /// <summary>Lines of unknown origin tolerated between a headline and its first goroutine.</summary>
    public const int ForeignHeadLineCount = 256;

    public const int NoteCount = 64;

    public const int SchedulerLineCount = 1 << 20;

    /// <summary>Processors of one scheduler step; the runtime allows 1,024 in 32-bit programs, more in others.</summary>
    public const int SchedulerProcessorCount = 4096;

    public const int RegisterCount = 128;

    public const int AncestorCount = 64 * 1024;

    /// <summary>Goroutines of one report remembered by id to recognise one that is printed twice.</summary>
    public const int RunningCount = 64 * 1024;
}
