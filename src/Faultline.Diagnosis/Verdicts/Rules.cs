namespace Faultline.Diagnosis.Verdicts;

/// <summary>Names of the rules by which a side of a verdict was found; each has a section in docs/verdicts.md.</summary>
public static class Rules
{
    /// <summary>The runtime raised the fault on this goroutine: its stack is the first one printed.</summary>
    public const string Raised = "raised";

    /// <summary>The goroutine whose block the log lacks the headline for stands in a function that raises such faults.</summary>
    public const string RaisedWithoutHeadline = "raised-without-headline";

    /// <summary>The first goroutine printed, or the one that was running, where the log does not show that it raised the fault.</summary>
    public const string PrintedFirst = "printed-first";

    /// <summary>A goroutine that the deadlock left waiting.</summary>
    public const string Asleep = "asleep";

    /// <summary>The test that was still running.</summary>
    public const string RunningTest = "running-test";

    /// <summary>Two goroutines raised the fault at the same time.</summary>
    public const string BothRaised = "both-raised";

    /// <summary>A goroutine inside a map write of the same map address.</summary>
    public const string SameMapWrite = "same-map-write";

    /// <summary>A goroutine at the return address of a write of the same map type that provenance does not exclude.</summary>
    public const string AtWrite = "at-write";

    /// <summary>A goroutine that was on a thread at death and whose code comes to such a write.</summary>
    public const string RunningReachesWrite = "running-reaches-write";

    /// <summary>A goroutine that was ready at death and whose code comes to such a write.</summary>
    public const string RunnableReachesWrite = "runnable-reaches-write";

    /// <summary>A line that writes the map's type; which goroutine ran it is unknown.</summary>
    public const string WritesType = "writes-type";

    /// <summary>A recorded write of the victim's map that was entered between the victim's entry and the fault.</summary>
    public const string RecordedOverlap = "recorded-overlap";

    /// <summary>The one recorded write of the victim's map that nothing had ended when the victim entered.</summary>
    public const string RecordedInside = "recorded-inside";

    /// <summary>A recorded write of the victim's map that may have been under way: one of several, or the recording has gaps.</summary>
    public const string RecordedWrite = "recorded-write";

    /// <summary>The recording shows the last close of the channel that the victim then used.</summary>
    public const string RecordedClose = "recorded-close";

    /// <summary>A line that closes a channel which the code takes from the same field or variable as the victim's.</summary>
    public const string ClosesChannel = "closes-channel";

    /// <summary>Memory shows the goroutine inside a write of the victim's map.</summary>
    public const string MemoryInWrite = "memory-in-write";

    /// <summary>Memory shows that this goroutine waits for something that nothing can give any more.</summary>
    public const string MemoryStuck = "memory-stuck";

    /// <summary>Without a binary: a goroutine whose visible map function writes, its map unknown.</summary>
    public const string VisibleWrite = "visible-write";

    /// <summary>Without a binary: a running goroutine that holds a pointer that the victim holds too.</summary>
    public const string SharesPointer = "shares-pointer";
}
