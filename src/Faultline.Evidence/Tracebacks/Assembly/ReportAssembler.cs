using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>Routes each line of a log to what it belongs to, and decides where reports begin and end.</summary>
internal sealed class ReportAssembler
{
    private readonly TracebackStore store;
    private readonly List<CrashReport> reports = [];
    private readonly TracebackRemarks diagnostics;
    private readonly SchedulerCollector scheduler;
    private readonly StackRecorder recorder;
    private readonly BlockReader block;
    private readonly FramePredictor predictor;
    private readonly Preamble preamble;
    private readonly SignalTitle title = new();

    private ReportBuilder? report;
    private Section section;
    private GoroutineRecord current;
    private bool isBlockOpen;
    private bool isRuntimeStack;
    private int mergeInto = -1;
    private int foreignLines;
    private bool isRelayed;
    private bool hasRegisters;
    private bool isCutByEnd;

    public ReportAssembler(TracebackRemarks diagnostics, LineMap? lines)
    {
        store = new TracebackStore(lines);
        this.diagnostics = diagnostics;
        scheduler = new SchedulerCollector(diagnostics);
        recorder = new StackRecorder(store, diagnostics);
        block = new BlockReader(recorder, store.Frames);
        predictor = new FramePredictor(store, recorder);
        preamble = new Preamble(scheduler);
    }

    private enum Section
    {
        Outside,
        Head,
        Block,
    }

    /// <summary>Lines taken so far.</summary>
    public long LineCount { get; private set; }

    /// <summary>A report is open: what comes may belong to it.</summary>
    public bool IsInside => section != Section.Outside;

    /// <summary>The next bytes may be guessed whole frames at a time.</summary>
    public bool CanPredict => section == Section.Block && block.IsBetweenFrames;

    /// <summary>Takes one guessed frame from the start of the rest of the log; 0 when it has to be read line by line.</summary>
    public int Predict(ReadOnlySpan<byte> rest)
    {
        int used = predictor.Take(rest, LineCount + 1, out int lineCount);
        LineCount += lineCount;
        if (used > 0)
            report!.LastLine = LineCount;
        return used;
    }

    public void SkipLine() => LineCount++;

    /// <summary>Takes one line without its line feed; it stands on <paramref name="lineCount"/> lines of the log when it was broken.</summary>
    public void TakeLine(ReadOnlySpan<byte> line, int lineCount = 1)
    {
        long first = ++LineCount;
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        if (line.IsEmpty)
            TakeBlank();
        else if (TryTake(line) && report is not null)
            report.LastLine = first + lineCount - 1;
        if (lineCount == 1)
            return;
        LineCount = first + lineCount - 1;
        preamble.Extend(first, LineCount);
    }

    /// <summary>Ends the log; <paramref name="lastLine"/> is what stood after its last line feed.</summary>
    public IReadOnlyList<CrashReport> Complete(ReadOnlySpan<byte> lastLine)
    {
        if (!lastLine.IsEmpty)
        {
            long last = report?.LastLine ?? 0;
            TakeLine(lastLine);
            if (report is not null && report.LastLine != LineCount && last >= LineCount - 2 && IsFragment(lastLine))
                isCutByEnd = true;
        }

        CloseReport();
        return reports;
    }

    private bool TryTake(ReadOnlySpan<byte> line) => line[0] switch
    {
        (byte)'g' when HeaderLine.TryParse(line, out HeaderLine header) => BeginGoroutine(header),
        (byte)'f' when line.StartsWith("fatal error: "u8) => BeginHeadline(HeadlineKind.FatalError, line["fatal error: "u8.Length..], line, isIndented: false),
        (byte)'p' when line.StartsWith("panic: "u8) => BeginHeadline(HeadlineKind.Panic, line["panic: "u8.Length..], line, isIndented: false),
        (byte)'\t' when section == Section.Head && line.StartsWith("\tpanic: "u8) => BeginHeadline(HeadlineKind.Panic, line["\tpanic: "u8.Length..], line, isIndented: true),
        (byte)'\t' when section == Section.Head && line.StartsWith("\tfatal error: "u8) => BeginHeadline(HeadlineKind.FatalError, line["\tfatal error: "u8.Length..], line, isIndented: true),
        (byte)'r' when line.SequenceEqual("runtime stack:"u8) => BeginRuntimeStack(),
        (byte)'P' when line.StartsWith("PC=0x"u8) => BeginSignal(line),
        (byte)'S' or (byte)'E' when title.TryTake(line, LineCount) => false,
        (byte)'S' or (byte)' ' when preamble.TryTakeScheduler(line, LineCount) => TakeScheduler(),
        (byte)'r' or (byte)'u' when Preamble.IsNote(line) => TakeNote(line),
        (byte)'[' when section == Section.Head && SignalGrammar.TryBracketed(line, LineCount, out SignalInfo? signal) => TakeSignal(signal!),
        (byte)'-' when report?.Signal is not null && line.SequenceEqual("-----"u8) => TakeRelayMark(),
        _ => TakeOther(line),
    };

    /// <summary>Could be the start of a line of a traceback, rather than some other output without a line feed.</summary>
    private static bool IsFragment(ReadOnlySpan<byte> line)
    {
        if (line[0] == '\t' || line.StartsWith("goroutine "u8) || line.StartsWith("created by "u8))
            return true;
        int open = line.IndexOf((byte)'(');
        ReadOnlySpan<byte> name = open < 0 ? line : line[..open];
        return "goroutine "u8.StartsWith(line) || "created by "u8.StartsWith(line) || (name.Contains((byte)'.') && !name.Contains((byte)' '));
    }

    private void TakeBlank()
    {
        if (section == Section.Block)
            block.Blank();
        else if (section == Section.Head)
            report!.OpenHeadline?.TryContinue(default);
    }

    private bool TakeOther(ReadOnlySpan<byte> line)
    {
        switch (section)
        {
            case Section.Block:
                if (block.TryTake(line, LineCount) || TryTakeRegister(line))
                    return true;
                foreignLines++;
                return false;
            case Section.Head:
                if (report!.OpenHeadline?.TryContinue(line) == true)
                    return true;
                if (Preamble.IsSignalNote(line))
                    return TakeNote(line);
                if (++foreignLines > TracebackLimits.ForeignHeadLineCount)
                    CloseReport();
                return false;
            default:
                return false;
        }
    }

    private bool BeginHeadline(HeadlineKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, bool isIndented)
    {
        if (section == Section.Block && kind == HeadlineKind.FatalError && report!.FirstKind == HeadlineKind.FatalError && block.IsInsideFrame)
        {
            // Up to Go 1.23 a second dying thread prints its headline without the lock, wherever the first one is.
            report.AddHeadline(new HeadlineText(kind, text, raw, LineCount), isRawProven: false);
            report.FinishHeadline(isRawProven: false);
            return true;
        }

        bool belongsToReport = section == Section.Head && (isIndented || (kind == HeadlineKind.FatalError && foreignLines == 0));
        if (!belongsToReport && !OpenReport(preamble.StartsAt(LineCount)))
            return false;
        AddHeadline(new HeadlineText(kind, text, raw, LineCount), isRawProven: isIndented);
        return true;
    }

    private bool BeginSignal(ReadOnlySpan<byte> line)
    {
        if (!title.TryUse(LineCount) || !SignalGrammar.TryPc(line, title.Text, title.Line, out SignalInfo? signal))
            return TakeOther(line);
        if (isRelayed)
            return true; // GOTRACEBACK=crash: every thread in turn reports the same signal.
        bool belongsToReport = section == Section.Head && foreignLines == 0 && report!.Signal is null;
        if (!belongsToReport && !OpenReport(preamble.StartsAt(title.Line)))
            return false;
        AddHeadline(new HeadlineText(HeadlineKind.Signal, title.Text, title.Text, title.Line), isRawProven: false);
        report!.Signal = signal;
        hasRegisters = true;
        return true;
    }

    private void AddHeadline(HeadlineText headline, bool isRawProven)
    {
        report!.AddHeadline(headline, isRawProven);
        section = Section.Head;
        foreignLines = 0;
        preamble.MoveTo(report, headline.Line);
    }

    private bool BeginGoroutine(in HeaderLine header)
    {
        EndBlock();
        bool isRunning = header.Shape.StartsWith("[running"u8) && header.Id != 0;
        mergeInto = -1;
        if (report is not null && isRunning && StartsAnotherDump(header.Id))
            CloseReport();
        if (report is null && !OpenReport(LineCount))
            return false;

        report!.FinishHeadline(isRawProven: true);
        if (section == Section.Head)
            preamble.MoveSchedulerTo(report);
        StartBlock();
        if (!store.Shapes.TryIntern(header.Shape, out int shape))
            diagnostics.ReportOnce(TracebackDiagnostics.TooManyHeaders, LineCount, $"more than {TracebackLimits.HeaderShapeCount} distinct goroutine states with labels; further labels were dropped");
        current = new GoroutineRecord { Id = header.Id, Line = LineCount, Shape = shape, G = header.HasPointers ? header.G : 0, Thread = -1 };
        if (header.HasPointers && (header.M is not null || header.MAddress is not null) && store.Goroutines.Count < TracebackLimits.GoroutineCount)
        {
            current.Thread = store.Threads.Count;
            store.Threads.Add(new GoroutineThread(header.M, header.MAddress));
        }

        return true;
    }

    /// <summary>
    /// A goroutine that is seen running twice: the second half of a double fault, when its stack was not available before; else
    /// (and for lone dumps, as <c>debug.Stack</c> makes them, with other output in between) the start of another dump.
    /// </summary>
    private bool StartsAnotherDump(long id)
    {
        if (report!.HeadlineCount == 0 && foreignLines > 0)
            return true;
        if (report.FindRunning(id) is not { } known)
            return false;
        if (!store.Goroutines[known].IsUnavailable)
            return true;
        mergeInto = known;
        return false;
    }

    private bool BeginRuntimeStack()
    {
        if (report is null)
            return false;
        EndBlock();
        report.FinishHeadline(isRawProven: true);
        if (section == Section.Head)
            preamble.MoveSchedulerTo(report);
        StartBlock();
        isRuntimeStack = true;
        current = new GoroutineRecord { Line = LineCount, Thread = -1 };
        return true;
    }

    private void StartBlock()
    {
        section = Section.Block;
        isBlockOpen = true;
        foreignLines = 0;
        isRuntimeStack = false;
        block.Begin(LineCount);
    }

    private void EndBlock()
    {
        if (!isBlockOpen)
            return;
        isBlockOpen = false;
        bool isCut = block.End(out IReadOnlyList<Ancestor> ancestors);
        report!.IsTruncated = isCut;
        current.Archive = recorder.ArchiveStart;
        current.Leaf = recorder.Leaf;
        current.IsUnavailable = block.IsUnavailable && recorder.FrameCount == 0;
        if (isRuntimeStack)
            report.RuntimeStack ??= current;
        else
            StoreGoroutine(ancestors);
    }

    private void StoreGoroutine(IReadOnlyList<Ancestor> ancestors)
    {
        current.StackIndex = report!.NumberStack(store.Stacks, current.Leaf);
        int index = mergeInto;
        if (index >= 0)
        {
            store.Goroutines[index] = current;
            report.SecondRaiser ??= index;
        }
        else if (store.Goroutines.Count == TracebackLimits.GoroutineCount)
        {
            diagnostics.ReportOnce(TracebackDiagnostics.TooManyGoroutines, current.Line, $"more than {TracebackLimits.GoroutineCount} goroutines; the rest was dropped");
            return;
        }
        else
        {
            index = store.Goroutines.Count;
            store.Goroutines.Add(current);
            if (current.Id != 0 && store.Shapes[current.Shape].Status == "running")
                report.RememberRunning(current.Id, index);
        }

        if (ancestors.Count > 0)
            store.Ancestors[index] = ancestors;
    }

    /// <summary>A dump belongs to the report only below its headline, so far; the preamble knows about those above.</summary>
    private bool TakeScheduler() => section == Section.Head;

    private bool TakeNote(ReadOnlySpan<byte> line)
    {
        if (section == Section.Head)
        {
            if (report!.Notes.Count < TracebackLimits.NoteCount)
                report.Notes.Add(Encoding.UTF8.GetString(line));
            return true;
        }

        preamble.AddNote(line, LineCount);
        return false;
    }

    private bool TakeSignal(SignalInfo signal)
    {
        report!.FinishHeadline(isRawProven: true);
        report.Signal ??= signal;
        return true;
    }

    private bool TakeRelayMark()
    {
        isRelayed = true;
        return true;
    }

    private bool TryTakeRegister(ReadOnlySpan<byte> line)
    {
        if (!hasRegisters || !SignalGrammar.TryRegister(line, out string name, out ulong value))
            return false;
        if (!isRelayed && report!.Registers.Count < TracebackLimits.RegisterCount)
            report.Registers.TryAdd(name, value);
        return true;
    }

    private bool OpenReport(long firstLine)
    {
        CloseReport();
        if (reports.Count == TracebackLimits.ReportCount)
        {
            diagnostics.ReportOnce(TracebackDiagnostics.TooManyReports, LineCount, $"more than {TracebackLimits.ReportCount} crash reports; the rest was dropped");
            return false;
        }

        report = new ReportBuilder(reports.Count + 1, firstLine, store.Goroutines.Count) { LastLine = LineCount };
        return true;
    }

    private void CloseReport()
    {
        EndBlock();
        section = Section.Outside;
        isRelayed = hasRegisters = false;
        foreignLines = 0;
        if (report is null)
            return;
        report.IsTruncated |= isCutByEnd;
        if (report.IsTruncated)
            diagnostics.Report(TracebackDiagnostics.Truncated, DiagnosticSeverity.Info, report.LastLine, "the report ends in the middle of a goroutine block");
        reports.Add(report.Build(store));
        report = null;
    }
}
