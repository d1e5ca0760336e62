using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Fatals;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Memory;
using Faultline.Diagnosis.Verdicts;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Unwinding;

namespace Faultline.Capture.Catching;

/// <summary>One goroutine as it stood at the fault.</summary>
/// <param name="Id">The number that tracebacks print.</param>
/// <param name="State">Such as <c>running</c>.</param>
/// <param name="Frames">Its calls, innermost first: function, file and line.</param>
public sealed record CaughtGoroutine(ulong Id, string State, IReadOnlyList<string> Frames);

/// <summary>What a process at its fault told, read while it stood still; nothing of it needs the process any more.</summary>
public sealed record CaughtMoment
{
    private const int MessageLimit = 4096;

    /// <summary>What the runtime is about to print; null when it is not known yet.</summary>
    public string? Message { get; private init; }

    /// <summary>How many goroutines there were.</summary>
    public int GoroutineCount { get; private init; }

    /// <summary>The goroutine that raised the fault; null when the runtime's tables do not tell.</summary>
    public CaughtGoroutine? Victim { get; private init; }

    /// <summary>The map in question; 0 when there is none, or it is not known.</summary>
    public ulong MapAddress { get; private init; }

    /// <summary>The fault is one of a map.</summary>
    public bool IsOfMap { get; private init; }

    /// <summary>The map's write mark is set.</summary>
    public bool IsMarked { get; private init; }

    /// <summary>Who is inside a write of that map, best first.</summary>
    public IReadOnlyList<CaughtGoroutine> Writers { get; private init; } = [];

    /// <summary>How sure the first writer is.</summary>
    public Confidence? Confidence { get; private init; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; private init; } = [];

    /// <summary>Reads it; the process has to stand still.</summary>
    public static CaughtMoment Read(CaughtFault fault, ProgramCode? code)
    {
        DiagnosticLog log = new(string.Create(CultureInfo.InvariantCulture, $"process {fault.ProcessId}"));
        RegisterLayout layout = RegisterLayout.For(fault.Binary.Architecture)!;
        LayeredAddressSpace space = new(new PageCache(new LiveMemory(fault.ProcessId, ProcessFiles.Ranges(fault.ProcessId))), new BinaryAddressSpace(fault.Binary, fault.LoadBias));
        List<StoppedThread> threads = [.. fault.Threads.Select(thread => thread.Decode(layout))];
        StoppedThread? raiser = threads.Find(thread => thread.ThreadId == fault.ThreadId);
        ulong map = raiser is not null && fault.Point.MapRegister >= 0 ? raiser.Registers.General[fault.Point.MapRegister] : 0;
        string? message = raiser is not null && fault.Point.Kind == FatalKind.Message ? ReadMessage(new TargetMemory(space), raiser.Registers, fault.Binary.Architecture) : null;
        RuntimeState? state = RuntimeState.TryAttach(fault.Binary, fault.LoadBias, space, threads, log);
        if (state is null || raiser is null || !state.TryFindMachine(raiser.ThreadId, out var machine) || !state.Goroutines.TryFindAt(machine.CurrentGoroutine, out Goroutine victim))
            return new CaughtMoment { Message = message, MapAddress = map, GoroutineCount = state?.Goroutines.Count ?? 0, Diagnostics = log.Items };
        MemoryConflict? conflict = fault.MissedCount == 0 ? new MemoryRivals(state, code).Find(victim, map) : null;
        return new CaughtMoment
        {
            Message = message,
            GoroutineCount = state.Goroutines.Count,
            Victim = Describe(state, victim, conflict?.Frames),
            IsOfMap = fault.Point.Kind == FatalKind.Map,
            MapAddress = map != 0 ? map : conflict?.MapAddress ?? 0,
            IsMarked = conflict?.IsMarked ?? false,
            Writers = [.. (conflict?.Writers ?? []).Select(writer => Describe(state, writer.Goroutine, writer.Frames))],
            Confidence = conflict?.Confidence,
            Diagnostics = log.Items,
        };
    }

    private static string? ReadMessage(TargetMemory memory, ThreadRegisters registers, string architecture) => architecture is "amd64"
        ? memory.TryReadText(registers.General[0], registers.General[3], MessageLimit)
        : memory.TryReadText(registers.General[0], registers.General[1], MessageLimit);

    private static CaughtGoroutine Describe(RuntimeState state, Goroutine goroutine, IReadOnlyList<StackFrame>? frames) => new(
        goroutine.Id,
        state.Describe(goroutine),
        [
            .. (frames ?? state.Stacks.Read(goroutine, out _)).SelectMany(frame => state.Binary.ResolveFrames(frame.LookupAddress - state.LoadBias))
                .Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Function}  {frame.File}:{frame.Line}")),
        ]);
}
