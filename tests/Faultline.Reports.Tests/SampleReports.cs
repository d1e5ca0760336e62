using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Memory;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Reports.Tests;

/// <summary>Results built by hand, one for each shape that a report has to show well.</summary>
internal static class SampleReports
{
    public static TheoryData<string> Names => ["map-race-probable", "recorded", "candidate-lines", "deadlock", "no-victim", "hostile", "many", "empty"];

    public static DiagnosisReport Get(string name) => name switch
    {
        "map-race-probable" => Of(MapRace()),
        "recorded" => Of(Recorded()),
        "candidate-lines" => Of(CandidateLines()),
        "deadlock" => Of(Deadlock()),
        "no-victim" => Of(NoVictim()),
        "hostile" => Of(Hostile()),
        "many" => new DiagnosisReport
        {
            Incidents = [Crowd(), NoVictim()],
            Diagnostics = [new Diagnostic("TRACE0007", DiagnosticSeverity.Warning, "-", 812, "a goroutine header without a body was left out")],
        },
        "empty" => new DiagnosisReport { Incidents = [], Diagnostics = [] },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such sample"),
    };

    public static DiagnosisReport Of(params Incident[] incidents) => new() { Incidents = incidents, Diagnostics = [] };

    public static DiagnosisReport MapRaceReport() => Of(MapRace());

    public static Incident MapRace() => new()
    {
        Log = new LogOrigin("crash.log", null, null),
        Program = new ProgramIdentity { Path = "./shop", GoVersion = "go1.24.4", Arch = "amd64", BuildId = "6f3a09c1", Module = "example.com/shop", Stripped = false },
        Fault = new Fault(FaultKind.ConcurrentMapWrites, "concurrent map writes", Recoverable: false, [1]),
        Object = new SharedObject("map", 0xc00012a3c0, "map[int64]*main.session", "field sessions of main.cache"),
        Victim = Put(),
        Rivals = [Expire(), Reset()],
        Summary = "Goroutine 34 found the map being written while it wrote itself. Goroutine 21 was probably the other writer: it stood in a call that deletes from the same map.",
        GoroutineCount = 43,
        Buckets =
        [
            new GoroutineBucket { Count = 40, Status = "chan receive", WaitMinutes = 5, Goroutines = [50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65], Frames = [Frame("main.worker", "/src/shop/worker.go", 33)], CreatedBy = new CreatedBy("main.main", "/src/shop/main.go", 20, 1) },
            new GoroutineBucket { Count = 1, Status = "running", Goroutines = [34], Frames = Put().Frames, CreatedBy = Put().CreatedBy },
            new GoroutineBucket { Count = 1, Status = "runnable", Goroutines = [21], Frames = Expire().Frames, CreatedBy = Expire().CreatedBy },
            new GoroutineBucket { Count = 1, Status = "running", Goroutines = [22], Frames = [], StackUnavailable = true },
        ],
        Evidence =
        [
            new EvidenceItem(1, "crash.log", 14, null, null, "fatal error: concurrent map writes"),
            new EvidenceItem(2, "crash.log", 19, null, null, "main.(*cache).put(0xc00012a3c0, 0x2a, 0xc000034e00)"),
            new EvidenceItem(3, "crash.log", 31, null, null, "main.(*cache).expire(0xc00012a3c0)"),
            new EvidenceItem(4, "./shop", null, null, 0x4a1b2c, "call runtime.mapassign_fast64, map[int64]*main.session"),
        ],
        Missing = [new MissingPiece("The address of the map was not printed on both sides.", "GOTRACEBACK=system ./shop")],
        Diagnostics = [],
        Confidence = Confidence.Probable,
    };

    /// <summary>The call of the map operation with its neighbours, and how far the operation was.</summary>
    private static AccessCode PutCode()
    {
        IReadOnlyList<SourceFrame> frames = [new SourceFrame("main.(*cache).put", "/src/shop/cache.go", 42, Inlined: false, 0x4a1ae0)];
        return new AccessCode(
            [
                new ListedInstruction(0x4a1b20, 64, new byte[] { 0x48, 0x8d, 0x05, 0x19, 0x5e, 0x01, 0x00 }, "LEAQ 0x15e19(IP), AX", frames, 0, null, RuntimeCheck.None, new NamedValue(NamedValueKind.Type, "map[int64]*main.session")),
                new ListedInstruction(0x4a1b27, 71, new byte[] { 0xe8, 0x14, 0xd6, 0xf6, 0xff }, "CALL runtime.mapassign_fast64(SB)", frames, 0x40f140, "runtime.mapassign_fast64", RuntimeCheck.None, default) { IsCall = true },
                new ListedInstruction(0x4a1b2c, 76, new byte[] { 0x83, 0x3d, 0xcd, 0xab, 0x10, 0x00, 0x00 }, "CMPL 0x10abcd(IP), $0x0", frames, 0, null, RuntimeCheck.WriteBarrier, default),
            ],
            1,
            new AccessPhase("runtime.mapassign_fast64", 0x40f1d0, MapPhases.Checked | MapPhases.Hashed, WriteStage.Unmarked));
    }

    /// <summary>A recording confirmed the rival: times, a time line, evidence at moments.</summary>
    public static Incident Recorded() => MapRace() with
    {
        Victim = Put() with { Time = -2_400, ObjectAddress = 0xc00012a3c0, Code = PutCode() },
        Rivals =
        [
            Expire() with
            {
                Time = -3_120, ObjectAddress = 0xc00012a3c0, Confidence = Confidence.Confirmed, Rule = "recorded-inside", Evidence = [5],
                Why = "it entered this write of the same map 3.1 µs before the fault and was not seen to leave it before the victim entered; nobody else was inside a write of it",
            },
        ],
        Summary = "Goroutine 34 wrote the map[int64]*main.session at main.(*cache).put (cache.go:42) while another goroutine was writing it. The writer was goroutine 21 at main.(*cache).expire (cache.go:61), 3.1 µs before the fault.",
        Evidence =
        [
            .. MapRace().Evidence,
            new EvidenceItem(5, "shop.bundle/perf.data", null, null, null, "goroutine 21 entered a map delete of 0xc00012a3c0 on thread 4012") { Time = 1_529_246_410_881 },
        ],
        Timeline =
        [
            new TimelineEntry(-14_800_000, 34, 4011, AccessOperation.MapWrite, "main.(*cache).put", "/src/shop/cache.go", 42, 0x4a1b31),
            new TimelineEntry(-12_000, 34, 4011, AccessOperation.MapWrite, "main.(*cache).put", "/src/shop/cache.go", 42, 0x4a1b31),
            new TimelineEntry(-3_120, 21, 4012, AccessOperation.MapDelete, "main.(*cache).expire", "/src/shop/cache.go", 61, 0x4a1c0f),
            new TimelineEntry(-2_400, 34, 4011, AccessOperation.MapWrite, "main.(*cache).put", "/src/shop/cache.go", 42, 0x4a1b31),
            new TimelineEntry(-5, null, 4013, AccessOperation.MapRead, "", "", 0, null),
        ],
        Recordings = [new RecordingSummary("shop.bundle/perf.data", 47_831, 3, 189_800_000, new DateTimeOffset(2026, 11, 26, 9, 15, 2, TimeSpan.Zero).AddTicks(1_234_560))],
        Sampled =
        [
            new SampledLine(AccessOperation.MapWrite, "main.(*cache).put", "/src/shop/cache.go", 42, 17, 2_100_000, [34], 2),
            new SampledLine(AccessOperation.MapRead, "main.(*cache).get", "/src/shop/cache.go", 55, 230, 900_000, [], 1),
        ],
        Missing = [],
        Confidence = Confidence.Confirmed,
    };

    /// <summary>Go 1.26 prints the faulting goroutine only: the rivals are lines, not goroutines.</summary>
    public static Incident CandidateLines() => MapRace() with
    {
        Object = new SharedObject("map", null, "map[int64]*main.session", null),
        Rivals =
        [
            Expire() with { Goroutine = null, Status = null, Confidence = Confidence.Possible, Rule = "same-type-line", Why = "This line deletes from a map of the same type, and a goroutine other than the victim's can reach it.", Evidence = [4] },
            Reset(),
        ],
        Summary = "Goroutine 34 found the map being written while it wrote itself. The log does not show the other writer; 2 lines of the program could be it.",
        GoroutineCount = 1,
        Buckets = [new GoroutineBucket { Count = 1, Status = "running", Goroutines = [34], Frames = Put().Frames, CreatedBy = Put().CreatedBy }],
        Missing = [new MissingPiece("The other goroutines: Go 1.26 and newer print only the one that found the fault.", "GOTRACEBACK=all ./shop")],
        Confidence = Confidence.Possible,
    };

    public static Incident Deadlock() => new()
    {
        Log = new LogOrigin("-", null, null),
        Program = new ProgramIdentity { GoVersion = "go1.23.5" },
        Fault = new Fault(FaultKind.Deadlock, "all goroutines are asleep - deadlock!", Recoverable: false, [1]),
        Rivals = [],
        Summary = "Every goroutine waits for another one. 2 goroutines wait to receive from channels, 1 waits for a WaitGroup.",
        GoroutineCount = 3,
        Buckets =
        [
            new GoroutineBucket { Count = 2, Status = "chan receive", Goroutines = [6, 7], Frames = [Frame("main.consume", "/src/pipe/main.go", 14)], CreatedBy = new CreatedBy("main.main", "/src/pipe/main.go", 27, null) },
            new GoroutineBucket { Count = 1, Status = "sync.WaitGroup.Wait", WaitMinutes = 1, Goroutines = [1], Frames = [Frame("sync.runtime_SemacquireWaitGroup", "/go/src/runtime/sema.go", 110, runtime: true), Frame("sync.(*WaitGroup).Wait", "/go/src/sync/waitgroup.go", 118), Frame("main.main", "/src/pipe/main.go", 30)] },
        ],
        WaitGraph = Circle(WaitNodeKind.Mutex, WaitEdgeKind.WaitsToLock),
        Evidence = [new EvidenceItem(1, "-", 3, null, null, "fatal error: all goroutines are asleep - deadlock!")],
        Missing = [],
        Diagnostics = [],
        Confidence = Confidence.Confirmed,
    };

    /// <summary>Two goroutines and two objects in a circle, and one behind them.</summary>
    public static WaitGraph Circle(WaitNodeKind kind, WaitEdgeKind wait) => new()
    {
        Nodes =
        [
            new WaitNode("g6", WaitNodeKind.Goroutine, 6, null, "sync.Mutex.Lock", "main.consume", "/src/pipe/main.go", 14),
            new WaitNode("g7", WaitNodeKind.Goroutine, 7, null, "sync.Mutex.Lock", "main.consume", "/src/pipe/main.go", 14),
            new WaitNode("g1", WaitNodeKind.Goroutine, 1, null, "sync.WaitGroup.Wait", "main.main", "/src/pipe/main.go", 30),
            new WaitNode("mutex:0xc000010020", kind, null, 0xc000010020),
            new WaitNode("mutex:0xc000010040", kind, null, 0xc000010040),
        ],
        Edges =
        [
            new WaitEdge("g6", "mutex:0xc000010020", wait, IsInferred: false, [1]),
            new WaitEdge("g7", "mutex:0xc000010040", wait, IsInferred: false, [1]),
            new WaitEdge("g7", "mutex:0xc000010020", WaitEdgeKind.Holds, IsInferred: true, [1]),
            new WaitEdge("g6", "mutex:0xc000010040", WaitEdgeKind.CouldWake, IsInferred: true, []),
        ],
        Cycles = [new WaitCycle("lock order", [6, 7], ["mutex:0xc000010020", "mutex:0xc000010040"], Confidence.Probable)],
        Stuck =
        [
            new StuckGoroutine(6, "mutex:0xc000010020", "lock order: it waits for goroutine 7, and so round in a circle", Confidence.Probable, "g6"),
            new StuckGoroutine(7, "mutex:0xc000010040", "lock order: it waits for goroutine 6, and so round in a circle", Confidence.Probable, "g7"),
            new StuckGoroutine(1, null, "no goroutine that can still run calls Done on this group", Confidence.Confirmed, "g1"),
        ],
        Note = "more goroutines are stuck than are listed",
    };

    public static Incident NoVictim() => new()
    {
        Log = new LogOrigin("node.log.gz", "gzip, kubernetes CRI", "stderr"),
        Program = new ProgramIdentity(),
        Fault = new Fault(FaultKind.ConcurrentMapReadWrite, "concurrent map read and map write", Recoverable: false, [1]),
        Rivals = [],
        Summary = "A goroutine read a map while another wrote it. The log ends before the first goroutine.",
        GoroutineCount = 0,
        Buckets = [],
        Evidence = [new EvidenceItem(1, "cut.log", 1, null, null, "fatal error: concurrent map read and map write")],
        Missing = [new MissingPiece("The rest of the log: it is cut off after the message.", "")],
        Diagnostics = [new Diagnostic("TRACE0002", DiagnosticSeverity.Warning, "cut.log", 2, "the log ends inside a crash")],
        Confidence = null,
    };

    /// <summary>Names and messages that try to repaint the terminal or to forge lines.</summary>
    public static Incident Hostile()
    {
        Access victim = Put() with
        {
            Function = "main.\e[2J\e[31mput\u202e",
            File = "/src/\a\u009b31mcache.go",
            Expression = "m[\"\n\nfatal error: forged\r\"] = \ud800" + new string('x', 400),
            Frames = [Frame("main.\e]0;title\a", "/src/a\tb.go", 1)],
        };
        return NoVictim() with
        {
            Fault = new Fault(FaultKind.OtherPanic, "boom\n\tgoroutine 1 [running]:\e[0m\u2028" + new string('A', 300), Recoverable: true, [1]),
            Victim = victim,
            Summary = "The program panicked with\e[8m its own message.",
            Evidence = [new EvidenceItem(1, "x\e[1m.log", 1, null, null, "panic: boom\x7f")],
            Missing = [new MissingPiece("nothing\e[0m", "echo \e[0m")],
            Buckets = [new GoroutineBucket { Count = 1, Status = "run\e[7mning", Goroutines = [34], Frames = victim.Frames }],
            Diagnostics = [new Diagnostic("TRACE0001", DiagnosticSeverity.Info, "x\n.log", null, "odd\u0000")],
            Pictures = [HostileChannel()],
            GoroutineCount = 1,
            Confidence = Confidence.Confirmed,
        };
    }

    private static ChannelPicture HostileChannel()
    {
        string element = "\"</script><img src=x onerror='window.hacked=3'>\e[2J\u202e\"" + new string('B', 180);
        return new ChannelPicture
        {
            Source = "x\e[1m.core",
            Address = 0xc000100000,
            Type = "main.\e[31m" + new string('T', 200),
            Count = 1,
            Capacity = 2,
            IsClosed = true,
            SendIndex = 1,
            ReceiveIndex = 0,
            Slots = [new ChannelSlotPicture(0, true, element), new ChannelSlotPicture(1, false, null)],
            Senders = [new ChannelWaiterPicture(0, true, element), new ChannelWaiterPicture(34, false, null)],
            SenderCount = 2_000_000,
            Receivers = [],
            ReceiverCount = 0,
        };
    }

    /// <summary>More of everything than fits.</summary>
    public static Incident Crowd() => MapRace() with
    {
        Rivals = [.. Enumerable.Range(0, 25).Select(index => Expire() with { Goroutine = 100 + index, Confidence = index < 2 ? Confidence.Probable : Confidence.Possible })],
        Evidence = [.. Enumerable.Range(1, 45).Select(index => new EvidenceItem(index, "crash.log", index, null, null, $"line {index}"))],
        Buckets = [.. Enumerable.Range(0, 23).Select(index => new GoroutineBucket
        {
            Count = 30 - index,
            Status = "select",
            Goroutines = [index + 1],
            Frames = [.. Enumerable.Range(0, 20).Select(depth => Frame($"example.com/shop/internal/deep/package.(*server).step{depth}", $"/home/build/src/example.com/shop/internal/deep/package/step{index}.go", depth + 1, runtime: depth < 3))],
        })],
        GoroutineCount = 400,
    };

    private static Access Put() => new()
    {
        Goroutine = 34,
        Status = "running",
        Operation = AccessOperation.MapWrite,
        Expression = "c.sessions[id] = s",
        Pc = 0x4a1b31,
        Function = "main.(*cache).put",
        File = "/src/shop/cache.go",
        Line = 42,
        Frames = [Frame("internal/runtime/maps.fatal", "/go/src/runtime/panic.go", 1058, runtime: true), Frame("main.(*cache).put", "/src/shop/cache.go", 42, 0x4a1b31), Frame("main.login", "/src/shop/login.go", 17, 0x4a2210)],
        CreatedBy = new CreatedBy("main.serve", "/src/shop/main.go", 61, 1),
        Confidence = Confidence.Confirmed,
        Rule = "raiser",
        Why = "The runtime raised the fault in this goroutine.",
        Evidence = [1, 2, 4],
    };

    private static Access Expire() => new()
    {
        Goroutine = 21,
        Status = "runnable",
        Operation = AccessOperation.MapDelete,
        Expression = "delete(c.sessions, id)",
        Pc = 0x4a1d70,
        Function = "main.(*cache).expire",
        File = "/src/shop/cache.go",
        Line = 77,
        Inlined = true,
        Frames = [Frame("main.(*cache).expire", "/src/shop/cache.go", 77, 0x4a1d70, inlined: true), Frame("main.sweep", "/src/shop/sweep.go", 12, 0x4a1d70)],
        CreatedBy = new CreatedBy("main.main", "/src/shop/main.go", 25, 1),
        Confidence = Confidence.Probable,
        Rule = "same-receiver",
        Why = "It stands in a delete on the map of the same *main.cache, 0xc00012a3c0, and no lock is held on both sides.",
        Evidence = [3, 4],
    };

    private static Access Reset() => Expire() with
    {
        Goroutine = null,
        Status = null,
        Operation = AccessOperation.MapClear,
        Expression = "clear(c.sessions)",
        Function = "main.(*cache).reset",
        Line = 90,
        Inlined = false,
        Frames = [Frame("main.(*cache).reset", "/src/shop/cache.go", 90)],
        CreatedBy = null,
        Confidence = Confidence.Possible,
        Rule = "same-type-line",
        Why = "This line clears a map of the same type; no goroutine of the log stands there.",
        Evidence = [4],
    };

    private static AccessFrame Frame(string function, string file, int line, ulong? pc = null, bool inlined = false, bool runtime = false) =>
        new(function, file, line, pc, inlined, runtime, IsExactPc: false);
}
