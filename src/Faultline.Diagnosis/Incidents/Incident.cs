using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Memory;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Diagnosis.Incidents;

/// <summary>The program that died, from the binary when there is one, else from what the log tells.</summary>
public sealed record ProgramIdentity
{
    /// <summary>Path of the binary; null without one.</summary>
    public string? Path { get; init; }

    /// <summary>Such as <c>go1.24.4</c>; null when unknown.</summary>
    public string? GoVersion { get; init; }

    /// <summary>Such as <c>amd64</c>; null when unknown.</summary>
    public string? Arch { get; init; }

    /// <summary>GNU build id, else Go build id; null when unknown.</summary>
    public string? BuildId { get; init; }

    /// <summary>Main module; null when unknown.</summary>
    public string? Module { get; init; }

    /// <summary>Null without a binary.</summary>
    public bool? Stripped { get; init; }
}

/// <summary>Where the crash was read.</summary>
/// <param name="Source">The input: a path, or <c>-</c>.</param>
/// <param name="Carrier">What the log was wrapped in, outermost first, such as <c>gzip, kubernetes CRI</c>; null for plain text.</param>
/// <param name="Stream">The container, unit or stream among several that the input held; null when there is only one.</param>
public sealed record LogOrigin(string Source, string? Carrier, string? Stream);

/// <summary>The fault as raised.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Message">The runtime's text, without the prefix.</param>
/// <param name="Recoverable">True for panics; false for fatal errors, which no deferred function can recover.</param>
/// <param name="Evidence">Ids of the lines that say so.</param>
public sealed record Fault(FaultKind Kind, string Message, bool Recoverable, IReadOnlyList<int> Evidence)
{
    /// <summary>Two goroutines collided on a map.</summary>
    public bool IsMapConflict => Kind
        is FaultKind.ConcurrentMapReadWrite or FaultKind.ConcurrentMapWrites or FaultKind.ConcurrentMapIterationWrite or FaultKind.ConcurrentMapCloneWrite;
}

/// <summary>The object fought over.</summary>
/// <param name="Kind"><c>map</c>, <c>channel</c>, <c>mutex</c>, <c>waitgroup</c>, <c>memory</c>.</param>
/// <param name="Address">Its address in the process when reliable; null otherwise.</param>
/// <param name="Type">Go type; null when unknown.</param>
/// <param name="Name">Where it lives, such as <c>main.sessions</c> or <c>field +8 of main.cache</c>; null when unknown.</param>
public sealed record SharedObject(string Kind, ulong? Address, string? Type, string? Name);

/// <summary>One fact that the verdict rests on, with its provenance. Exactly one of <paramref name="Line"/>, <paramref name="Offset"/>, <paramref name="Address"/> and <see cref="Time"/> is set.</summary>
/// <param name="Id">Number within the incident, from 1.</param>
/// <param name="Source">The input: a path, or <c>-</c>.</param>
/// <param name="Line">One-based line of a text input.</param>
/// <param name="Offset">Byte offset in an input that is not text, such as a recording.</param>
/// <param name="Address">Address in a program, as linked.</param>
/// <param name="Text">What stands there.</param>
public sealed record EvidenceItem(int Id, string Source, long? Line, long? Offset, ulong? Address, string Text)
{
    /// <summary>Time in a recording, in nanoseconds of its clock.</summary>
    public ulong? Time { get; init; }
}

/// <summary>One recorded access to the object of an incident.</summary>
/// <param name="Time">When it was entered, in nanoseconds from the fault on: negative before it.</param>
/// <param name="Goroutine">Goroutine id; null when it was not recorded.</param>
/// <param name="Thread">Thread of the operating system.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Function">Function of the user's line; empty when unknown.</param>
/// <param name="File">Its file; empty when unknown.</param>
/// <param name="Line">The line; 0 when unknown.</param>
/// <param name="Pc">Address after the call, in the process; null when unknown.</param>
public sealed record TimelineEntry(long Time, long? Goroutine, int Thread, AccessOperation Operation, string Function, string File, int Line, ulong? Pc);

/// <summary>A recording that an incident rests on.</summary>
/// <param name="Source">The input: a path.</param>
/// <param name="Events">Hits of faultline's probes.</param>
/// <param name="Lost">Records that the recorder lost.</param>
/// <param name="Span">From the first hit to the last, in nanoseconds.</param>
/// <param name="FaultTime">The wall clock at the fault's own event, which aligns it with the times of logs; null when either is not recorded.</param>
public sealed record RecordingSummary(string Source, long Events, ulong Lost, ulong Span, DateTimeOffset? FaultTime);

/// <summary>A line that was sampled inside operations on maps of the victim's type before the death. What is often sampled is often run, no more.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Function">Its function.</param>
/// <param name="File">Its file.</param>
/// <param name="Line">The line.</param>
/// <param name="Samples">Samples in the last second before the death.</param>
/// <param name="Last">The last one, in nanoseconds before the death.</param>
/// <param name="Goroutines">Ids, as far as they are known.</param>
/// <param name="Threads">How many threads were seen there.</param>
public sealed record SampledLine(AccessOperation Operation, string Function, string File, int Line, int Samples, long Last, IReadOnlyList<long> Goroutines, int Threads);

/// <summary>What would have settled the question, and the one command that gets it next time.</summary>
/// <param name="What">What is missing, one sentence.</param>
/// <param name="Command">A command line or setting to copy; empty when there is none.</param>
public sealed record MissingPiece(string What, string Command);

/// <summary>Goroutines with consecutive ids: a crowd of a million is a few of these.</summary>
/// <param name="First">The smallest id.</param>
/// <param name="Count">How many.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GoroutineRun(long First, int Count);

/// <summary>Goroutines with equal stacks.</summary>
public sealed record GoroutineBucket
{
    /// <summary>How many goroutines.</summary>
    public required int Count { get; init; }

    /// <summary>Status or wait reason that they share.</summary>
    public required string Status { get; init; }

    /// <summary>Longest wait in minutes among them; null when none was printed.</summary>
    public long? WaitMinutes { get; init; }

    /// <summary>The first ids, ascending, at most 16.</summary>
    public required IReadOnlyList<long> Goroutines { get; init; }

    /// <summary>All ids as runs, in the order of the log; empty where only the first ones are known.</summary>
    public IEnumerable<GoroutineRun> Runs { get; init; } = [];

    /// <summary>The shared stack, innermost first.</summary>
    public required IReadOnlyList<AccessFrame> Frames { get; init; }

    public CreatedBy? CreatedBy { get; init; }

    /// <summary>True when the stack could not be printed (running on another thread).</summary>
    public bool StackUnavailable { get; init; }
}

/// <summary>One crash, explained.</summary>
public sealed record Incident
{
    public required LogOrigin Log { get; init; }

    public required ProgramIdentity Program { get; init; }

    public required Fault Fault { get; init; }

    public SharedObject? Object { get; init; }

    /// <summary>The goroutine that detected the fault; null when the log does not have it.</summary>
    public Access? Victim { get; init; }

    /// <summary>The other side, best first.</summary>
    public required IReadOnlyList<Access> Rivals { get; init; }

    /// <summary>One or two sentences for the reader: what happened and how sure that is.</summary>
    public required string Summary { get; init; }

    /// <summary>Who waits for what; empty where waiting is not what went wrong.</summary>
    public WaitGraph WaitGraph { get; init; } = WaitGraph.Empty;

    public required int GoroutineCount { get; init; }

    /// <summary>Largest first.</summary>
    public required IReadOnlyList<GoroutineBucket> Buckets { get; init; }

    public required IReadOnlyList<EvidenceItem> Evidence { get; init; }

    /// <summary>The last recorded accesses to the object, in the order of time; empty without a recording.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>The recordings that it rests on.</summary>
    public IReadOnlyList<RecordingSummary> Recordings { get; init; } = [];

    /// <summary>Lines that recordings with sampled stacks saw at work on such maps, writes first, then by samples.</summary>
    public IReadOnlyList<SampledLine> Sampled { get; init; } = [];

    /// <summary>Where the variables of the victim (side 0) and of the rivals (from 1 on) escaped and who captured them; empty without a build log that knows them.</summary>
    public IReadOnlyList<VariableEscape> Escapes { get; init; } = [];

    /// <summary>The map, or the channels, that it is about, as they lay in memory; empty without a core or process that knows them.</summary>
    public IReadOnlyList<ObjectPicture> Pictures { get; init; } = [];

    public required IReadOnlyList<MissingPiece> Missing { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    /// <summary>Confidence of the whole verdict: that of the best rival for conflicts, of the victim where one side is all there is; null when nothing was found.</summary>
    public Confidence? Confidence { get; init; }
}
