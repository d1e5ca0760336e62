using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;
using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Scheduling;

/// <summary>
/// Picks the scheduler's lines out of a program's output. A line that the program's text cut in two is put together again when its rest comes within
/// a few lines; of one whose rest never comes a header counts with what it has, and other lines are dropped and counted.
/// </summary>
internal sealed class SchedulerLineReader(ISchedulerLines consumer)
{
    private readonly ScratchText cut = new();
    private SchedulerLineKind cutKind;
    private long cutLine;
    private int linesWithin;
    private bool isTimeCut;
    private bool isInside;

    /// <summary>Lines without their rest.</summary>
    public long CutCount { get; private set; }

    /// <summary>The log line of the first of them.</summary>
    public long FirstCutLine { get; private set; }

    /// <summary>Lines that were put together.</summary>
    public long MendedCount { get; private set; }

    public void Take(ReadOnlySpan<byte> line, long number)
    {
        int start = 0;
        SchedulerLineKind kind = isInside ? SchedulerLineShape.KindAt(line) : SchedulerLineKind.None;
        if (kind == SchedulerLineKind.None)
            kind = SchedulerLineShape.Find(line, isInside, out start);
        if (kind == SchedulerLineKind.None)
        {
            if (cutKind == SchedulerLineKind.None || !TryContinue(line))
                MayBegin(line, number);
            return;
        }

        GiveUpCut();
        ReadOnlySpan<byte> text = line[start..];
        if (SchedulerLineShape.IsWhole(kind, text))
        {
            Emit(kind, text, number);
            return;
        }

        int size = SchedulerPieces.OwnSize(text);
        Hold(kind, text[..size], number);
        TryContinue(text[size..]);
    }

    /// <summary>Ends the log.</summary>
    public void Complete() => GiveUpCut();

    /// <summary>The line may be the first piece of a header, and no more of it: other text stands where the time should.</summary>
    private void MayBegin(ReadOnlySpan<byte> line, long number)
    {
        int start = line.LastIndexOf(SchedulerLineShape.HeaderStart);
        if (start < 0)
        {
            if (cutKind != SchedulerLineKind.None && ++linesWithin > SchedulerLimits.LinesWithin)
                GiveUpCut();
            return;
        }

        GiveUpCut();
        ReadOnlySpan<byte> text = line[start..];
        bool wasInside = isInside;
        int time = SchedulerLineShape.HeaderStart.Length;
        Hold(SchedulerLineKind.Header, text[..SchedulerPieces.WithoutYear(text, time + SchedulerPieces.ValueSize(text[time..]))], number);
        isTimeCut = true;
        isInside = wasInside;
    }

    private void Hold(SchedulerLineKind kind, ReadOnlySpan<byte> own, long number)
    {
        cutKind = kind;
        cutLine = number;
        linesWithin = 0;
        isTimeCut = false;
        isInside = true;
        cut.Start(own.Length);
        cut.Add(own);
    }

    /// <summary>Takes every piece of the cut line that the text holds; false when there is none.</summary>
    private bool TryContinue(ReadOnlySpan<byte> text)
    {
        bool isFound = false;
        while (cutKind != SchedulerLineKind.None)
        {
            bool isTime = false;
            int start = isTimeCut ? SchedulerPieces.FindTime(cut.Span, text, out isTime) : SchedulerPieces.FindRest(cut.Span, text);
            if (start < 0)
            {
                // The time was lost between other text; without it the rest is of no use.
                if (isTimeCut && text.IndexOf(SchedulerLineShape.AfterTime) >= 0)
                    CountCut();
                break;
            }

            if (isTime)
                cut.Truncate(SchedulerLineShape.HeaderStart.Length);
            int known = cut.Count;
            cut.Add(text[start..]);
            isTimeCut = false;
            isInside = isFound = true;
            if (SchedulerLineShape.IsWhole(cutKind, cut.Span))
            {
                MendedCount++;
                SchedulerLineKind kind = cutKind;
                cutKind = SchedulerLineKind.None;
                Emit(kind, cut.Span, cutLine);
                break;
            }

            int own = SchedulerPieces.OwnSize(cut.Span);
            cut.Truncate(Math.Max(own, known));
            if (own <= known)
                break;
            text = text[(start + own - known)..];
        }

        return isFound;
    }

    private void CountCut()
    {
        if (CutCount++ == 0)
            FirstCutLine = cutLine;
        cutKind = SchedulerLineKind.None;
    }

    private void GiveUpCut()
    {
        // Any program may write the word that a header begins with.
        if (cutKind == SchedulerLineKind.None || isTimeCut)
        {
            cutKind = SchedulerLineKind.None;
            return;
        }

        SchedulerLineKind kind = cutKind;
        CountCut();
        if (kind == SchedulerLineKind.Header && SchedulerGrammar.TryHeader(cut.Span, cutLine, out SchedulerHeader? header))
            consumer.Take(header!);
    }

    private void Emit(SchedulerLineKind kind, ReadOnlySpan<byte> text, long number)
    {
        switch (kind)
        {
            case SchedulerLineKind.Header when SchedulerGrammar.TryHeader(text, number, out SchedulerHeader? header):
                isInside = header!.IsDetailed;
                consumer.Take(header);
                break;
            case SchedulerLineKind.Processor when SchedulerGrammar.TryProcessor(text, number, out SchedulerProcessor? processor):
                consumer.Take(processor!);
                break;
            case SchedulerLineKind.Thread when SchedulerGrammar.TryThread(text, number, out SchedulerThread? thread):
                consumer.Take(thread!);
                break;
            case SchedulerLineKind.Goroutine when SchedulerGrammar.TryGoroutine(text, number, out SchedulerGoroutine? goroutine):
                consumer.Take(goroutine!);
                break;
            default:
                if (CutCount++ == 0)
                    FirstCutLine = number;
                break;
        }
    }
}
