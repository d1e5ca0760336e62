using Faultline.Binaries;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Values;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// What the Go runtime of a process that stands still says about itself: goroutines, threads, processors. It needs memory and registers, and
/// does not care whether they come from a core or from a live process. Everything is read when asked for, once; not thread-safe.
/// </summary>
public sealed class RuntimeState
{
    private readonly Lazy<GoroutineTable> _goroutines;
    private readonly Lazy<IReadOnlyList<Machine>> _machines;
    private readonly Lazy<IReadOnlyList<Processor>> _processors;
    private readonly Lazy<WaitReasons> _waitReasons;
    private readonly Lazy<GoroutineStacks> _stacks;
    private readonly Lazy<long> _latestTime;
    private readonly Lazy<TypeCatalog> _types;
    private readonly Lazy<ValueReader> _values;

    private RuntimeState(
        GoBinary binary, ulong loadBias, TargetMemory memory, IReadOnlyList<StoppedThread> threads, RuntimeLayouts layouts, RuntimeGlobals globals,
        GoroutineReader reader, DiagnosticLog log)
    {
        Binary = binary;
        LoadBias = loadBias;
        Memory = memory;
        Threads = threads;
        Layouts = layouts;
        Globals = globals;
        Log = log;
        Reader = reader;
        _goroutines = new(() => GoroutineTable.Read(memory, reader, globals.AllGoroutines, log));
        _machines = new(() => MachineList.Read(memory, layouts, globals.AllMachines));
        _processors = new(() => MachineList.ReadProcessors(memory, layouts, globals.AllProcessors));
        _waitReasons = new(() => WaitReasons.Read(memory, globals.WaitReasonTexts, globals.WaitReasonTextsSize, layouts.Release));
        _stacks = new(() => new GoroutineStacks(this));
        _latestTime = new(FindLatestTime);
        _types = new(() => new TypeCatalog(binary, loadBias, layouts));
        _values = new(() => new ValueReader(this, Types));
    }

    public GoBinary Binary { get; }

    /// <summary>Run-time address minus link-time address.</summary>
    public ulong LoadBias { get; }

    public TargetMemory Memory { get; }

    public IReadOnlyList<StoppedThread> Threads { get; }

    public RuntimeLayouts Layouts { get; }

    public RuntimeGlobals Globals { get; }

    public GoroutineTable Goroutines => _goroutines.Value;

    /// <summary>The runtime's threads, newest first.</summary>
    public IReadOnlyList<Machine> Machines => _machines.Value;

    public IReadOnlyList<Processor> Processors => _processors.Value;

    public WaitReasons WaitReasons => _waitReasons.Value;

    /// <summary>The stacks of goroutines and threads.</summary>
    public GoroutineStacks Stacks => _stacks.Value;

    /// <summary>The program's types.</summary>
    public TypeCatalog Types => _types.Value;

    /// <summary>Typed values of the process.</summary>
    public ValueReader Values => _values.Value;

    /// <summary>The latest time, in nanoseconds of the process's monotonic clock, that anything in the runtime is stamped with; 0 when nothing is.</summary>
    public long LatestTime => _latestTime.Value;

    public IReadOnlyList<Diagnostic> Diagnostics => Log.Items;

    internal DiagnosticLog Log { get; }

    internal GoroutineReader Reader { get; }

    /// <summary>Null when the runtime's structs are not known or its variables are not found; the log says why.</summary>
    /// <param name="binary">The program; stays the caller's.</param>
    /// <param name="loadBias">Run-time address minus link-time address.</param>
    /// <param name="space">Memory, the program's own sections included.</param>
    /// <param name="threads">The threads whose registers are known; without them running goroutines have no stack.</param>
    public static RuntimeState? TryAttach(
        GoBinary binary, ulong loadBias, IAddressSpace space, IReadOnlyList<StoppedThread> threads, DiagnosticLog log)
    {
        if (RuntimeLayouts.For(binary) is not { } layouts || !layouts.Has("runtime.g"))
        {
            log.Add(
                "RUNTIME0101", DiagnosticSeverity.Error, offset: null,
                $"the runtime of {binary.BuildInfo?.GoVersion ?? "an unknown Go release"} on {binary.Architecture} is not known, and the binary has no DWARF: only Go 1.19 and later on amd64 and arm64 are");
            return null;
        }

        if (layouts.IsGuess)
        {
            log.Add(
                "RUNTIME0106", DiagnosticSeverity.Warning, offset: null,
                $"the layouts of {binary.BuildInfo?.GoVersion ?? "this Go release"} are not known; those of the newest known release are used");
        }

        var memory = new TargetMemory(space);
        var reader = new GoroutineReader(memory, layouts);
        var globals = SymbolGlobals.Find(binary, loadBias, layouts, memory);
        if (globals is null && binary.Moduledata is { } module)
            globals = new GlobalsScan(memory, layouts, reader, module, loadBias).Find();
        if (globals is null || globals.AllGoroutines == 0)
        {
            log.Add("RUNTIME0105", DiagnosticSeverity.Error, offset: null, "the runtime's table of goroutines was not found in the program's data");
            return null;
        }

        return new RuntimeState(binary, loadBias, memory, threads, layouts, globals, reader, log);
    }

    /// <summary>The runtime's thread with a kernel id.</summary>
    public bool TryFindMachine(int threadId, out Machine machine)
    {
        foreach (var candidate in Machines)
        {
            if (candidate.ThreadId == threadId)
            {
                machine = candidate;
                return true;
            }
        }

        machine = default;
        return false;
    }

    /// <summary>The state as tracebacks print it: a wait reason, or <c>running</c>, <c>runnable</c>, <c>syscall</c>, <c>preempted</c> …</summary>
    public string Describe(in Goroutine goroutine) => goroutine.Status switch
    {
        GoroutineStatus.Waiting or GoroutineStatus.Leaked when goroutine.WaitReason != 0 => WaitReasons[goroutine.WaitReason],
        GoroutineStatus.Idle => "idle",
        GoroutineStatus.Runnable => "runnable",
        GoroutineStatus.Running => "running",
        GoroutineStatus.Syscall => "syscall",
        GoroutineStatus.Waiting => "waiting",
        GoroutineStatus.CopyStack => "copystack",
        GoroutineStatus.Preempted => "preempted",
        GoroutineStatus.Leaked => "leaked",
        _ => "dead",
    };

    /// <summary>How long it has waited at least; null unless a garbage collection saw it wait.</summary>
    public TimeSpan? WaitTime(in Goroutine goroutine) =>
        goroutine.Status is GoroutineStatus.Waiting or GoroutineStatus.Syscall && goroutine.WaitSince > 0 && LatestTime >= goroutine.WaitSince
            ? TimeSpan.FromTicks((LatestTime - goroutine.WaitSince) / 100)
            : null;

    private long FindLatestTime()
    {
        var latest = 0L;
        var poll = Layouts.Offset("runtime.schedt", "lastpoll");
        if (Globals.Scheduler != 0 && poll >= 0)
            latest = (long)Memory.ReadUInt64(Globals.Scheduler + (ulong)poll);
        foreach (var goroutine in Goroutines)
            latest = Math.Max(latest, goroutine.WaitSince);
        return latest;
    }
}
