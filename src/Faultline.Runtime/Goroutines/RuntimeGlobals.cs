namespace Faultline.Runtime.Goroutines;

/// <summary>Run-time addresses of the runtime's variables; 0 for those that were not found.</summary>
public sealed record RuntimeGlobals
{
    /// <summary><c>runtime.allgs</c>, a slice of all goroutines that ever were.</summary>
    public ulong AllGoroutines { get; init; }

    /// <summary><c>runtime.allm</c>, head of the list of threads.</summary>
    public ulong AllMachines { get; init; }

    /// <summary><c>runtime.allp</c>, a slice of the processors.</summary>
    public ulong AllProcessors { get; init; }

    /// <summary><c>runtime.sched</c>; only symbols tell.</summary>
    public ulong Scheduler { get; init; }

    /// <summary><c>runtime.semtable</c>, where those wait who wait for locks.</summary>
    public ulong SemaphoreTable { get; init; }

    /// <summary>The word of <c>runtime.mheap_</c> that points to the heap's arenas.</summary>
    public ulong Arenas { get; init; }

    /// <summary><c>runtime.waitReasonStrings</c>; only symbols tell.</summary>
    public ulong WaitReasonTexts { get; init; }

    public ulong WaitReasonTextsSize { get; init; }

    /// <summary>What <c>sync.expunged</c> points to; 0 since Go 1.24 or when unknown.</summary>
    public ulong Expunged { get; init; }

    /// <summary>True when there were no symbols, and the variables were found by what they hold.</summary>
    public bool AreFromScan { get; init; }
}
