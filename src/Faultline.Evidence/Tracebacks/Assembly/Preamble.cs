using System.Text;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>
/// What the runtime prints right before a headline: notes, and (for panics and signals, which print it first) the scheduler dump.
/// It counts only when nothing else stands between.
/// </summary>
internal sealed class Preamble(SchedulerCollector scheduler)
{
    private readonly List<string> notes = [];
    private long firstLine;
    private long lastLine;

    public static bool IsNote(ReadOnlySpan<byte> line) =>
        line.StartsWith("runtime: "u8) || line.StartsWith("unexpected fault address "u8);

    /// <summary>Notes below a signal headline.</summary>
    public static bool IsSignalNote(ReadOnlySpan<byte> line) =>
        line.StartsWith("signal arrived during "u8) || line.StartsWith("instruction bytes:"u8) || line.StartsWith("panic during "u8);

    public bool TryTakeScheduler(ReadOnlySpan<byte> line, long number)
    {
        if (!scheduler.TryTake(line, number))
            return false;
        if (scheduler.FirstLine == number)
        {
            firstLine = number;
            notes.Clear();
        }

        lastLine = number;
        return true;
    }

    public void AddNote(ReadOnlySpan<byte> line, long number)
    {
        if (lastLine == 0 || lastLine != number - 1)
        {
            notes.Clear();
            firstLine = number;
        }

        if (notes.Count < TracebackLimits.NoteCount)
            notes.Add(Encoding.UTF8.GetString(line));
        lastLine = number;
    }

    /// <summary>What was taken on one line goes on to another.</summary>
    public void Extend(long from, long to)
    {
        if (lastLine == from)
            lastLine = to;
    }

    /// <summary>First line of a report whose headline stands on this line.</summary>
    public long StartsAt(long headline) => lastLine == headline - 1 && lastLine > 0 ? firstLine : headline;

    /// <summary>Hands over what stands right before the headline.</summary>
    public void MoveTo(ReportBuilder report, long headline)
    {
        if (lastLine == headline - 1 && lastLine > 0)
        {
            report.Notes.AddRange(notes);
            if (scheduler.LastLine >= firstLine)
                report.Scheduler = scheduler.Take() ?? report.Scheduler;
        }
        else
        {
            scheduler.Take();
        }

        notes.Clear();
        firstLine = lastLine = 0;
    }

    /// <summary>Hands over the dump that stands between the headline and the first goroutine.</summary>
    public void MoveSchedulerTo(ReportBuilder report)
    {
        report.Scheduler = scheduler.Take() ?? report.Scheduler;
        firstLine = lastLine = 0;
    }
}
