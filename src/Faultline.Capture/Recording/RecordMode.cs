namespace Faultline.Capture.Recording;

/// <summary>What is recorded.</summary>
public enum RecordMode
{
    /// <summary>Every map operation of the program.</summary>
    Trace,

    /// <summary>The operations on one map type, at the calls.</summary>
    Targeted,

    /// <summary>Stacks at intervals, at futex calls and at switches; no probes in the program.</summary>
    Sample,

    /// <summary>Futex calls, switches and wake-ups; where goroutines park and end.</summary>
    Sched,

    /// <summary>Writes to the write mark of given maps, by the processor's debug registers.</summary>
    Watch,

    /// <summary>Appends to slices that several goroutines reach, and uses of the arrays that they leave.</summary>
    Append,

    /// <summary>The headers of slices at the accesses that reports of the race detector name.</summary>
    Slice,
}
