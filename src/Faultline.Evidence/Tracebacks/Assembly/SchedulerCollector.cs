using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>Gathers scheduler dumps; only the last one is kept, because periodic ones are no part of a crash.</summary>
internal sealed class SchedulerCollector(TracebackRemarks diagnostics)
{
    private List<SchedulerProcessor> processors = [];
    private List<SchedulerThread> threads = [];
    private List<SchedulerGoroutine> goroutines = [];
    private long firstLine;
    private SchedulerDump? dying;

    /// <summary>Last log line of the dump at hand; 0 without one.</summary>
    public long LastLine { get; private set; }

    public long FirstLine => firstLine;

    /// <summary>Takes a line of a dump; false when it is none.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, long number)
    {
        if (SchedulerGrammar.IsHeader(line))
        {
            if (threads.Exists(thread => thread.IsDying))
                dying = AtHand();
            processors = [];
            threads = [];
            goroutines = [];
            firstLine = number;
        }
        else if (firstLine == 0 || !SchedulerGrammar.IsDetail(line) || !TryTakeDetail(line, number))
        {
            return false;
        }

        LastLine = number;
        return true;
    }

    /// <summary>
    /// The dump at hand; null when it has no details (<c>schedtrace</c> alone). A periodic step can begin behind the crash's own dump and be cut off by the end of the program: then it
    /// is the one before, if a thread is dying in it.
    /// </summary>
    public SchedulerDump? Take()
    {
        SchedulerDump? dump = AtHand() ?? dying;
        dying = null;
        processors = [];
        threads = [];
        goroutines = [];
        firstLine = LastLine = 0;
        return dump;
    }

    private SchedulerDump? AtHand() => processors.Count + threads.Count + goroutines.Count == 0
        ? null
        : new SchedulerDump { Processors = processors, Threads = threads, Goroutines = goroutines, LogLine = firstLine };

    private bool TryTakeDetail(ReadOnlySpan<byte> line, long number)
    {
        if (processors.Count + threads.Count + goroutines.Count >= TracebackLimits.SchedulerLineCount)
        {
            diagnostics.ReportOnce(TracebackDiagnostics.SchedulerDumpTooLong, number, $"a scheduler dump of more than {TracebackLimits.SchedulerLineCount} lines; the rest was dropped");
            return true;
        }

        switch (line[2])
        {
            case (byte)'P' when SchedulerGrammar.TryProcessor(line, number, out SchedulerProcessor? processor):
                processors.Add(processor!);
                return true;
            case (byte)'M' when SchedulerGrammar.TryThread(line, number, out SchedulerThread? thread):
                threads.Add(thread!);
                return true;
            case (byte)'G' when SchedulerGrammar.TryGoroutine(line, number, out SchedulerGoroutine? goroutine):
                goroutines.Add(goroutine!);
                return true;
            default:
                return false;
        }
    }
}
