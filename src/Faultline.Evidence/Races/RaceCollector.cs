using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Races;

/// <summary>Picks the race detector's reports out of the lines of one stream. Lines of others may stand between; they are left to the caller.</summary>
internal sealed class RaceCollector(TracebackRemarks remarks, LineMap? lines)
{
    private readonly RaceGroups groups = new();
    private readonly RaceFrameTable table = new();
    private RaceReportBuilder? builder;
    private bool isRuled;
    private int foreignCount;
    private long foundCount;
    private long lastNumber;
    private long firstCutLine;
    private long firstDroppedLine;

    /// <summary>A report has begun and not ended.</summary>
    public bool IsInside { get; private set; }

    /// <summary>Takes a line without its line feed; false when it is none of a report.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, long number)
    {
        lastNumber = number;
        if (!IsInside)
            return TryBegin(line, number);
        RaceLine read = RaceLine.Read(line);
        if (!TryAdd(read, line, number))
        {
            if (++foreignCount > RaceLimits.ForeignLineCount)
                Add(isCutOff: true);
            return false;
        }

        foreignCount = 0;
        return true;
    }

    public RaceSummary Complete()
    {
        if (IsInside || isRuled)
            Add(isCutOff: IsInside);
        IsInside = isRuled = false;
        if (groups.ReportCount == 0)
            return RaceSummary.Empty with { FoundCount = foundCount };
        AddRemarks();
        return new RaceSummary { Groups = groups.Complete(), ReportCount = groups.ReportCount, CutCount = groups.CutCount, FoundCount = foundCount };
    }

    private bool TryBegin(ReadOnlySpan<byte> line, long number)
    {
        if (isRuled)
        {
            // A rule right above a title opens that report: the one before has no end of its own.
            isRuled = false;
            Add(isCutOff: RaceLine.IsTitle(line.Trim(" \t\r"u8)));
        }

        if (line.IsEmpty || line[0] is not ((byte)'W' or (byte)'F' or (byte)' ' or (byte)'\t'))
            return false;
        ReadOnlySpan<byte> text = line.Trim(" \t\r"u8);
        if (RaceLine.IsTitle(text))
        {
            Begin(number);
            return true;
        }

        if (text.StartsWith("Found "u8) && RaceLine.Read(text) is { Kind: RaceLineKind.Found } found)
        {
            foundCount += (long)found.Size;
            return true;
        }

        return false;
    }

    private void Begin(long number)
    {
        builder ??= new RaceReportBuilder(table);
        builder.Start(lines?.Original(number) ?? number);
        IsInside = true;
        foreignCount = 0;
    }

    private bool TryAdd(in RaceLine read, ReadOnlySpan<byte> line, long number)
    {
        RaceReportBuilder report = builder!;
        long original = lines?.Original(number) ?? number;
        switch (read.Kind)
        {
            case RaceLineKind.Title:
                Add(isCutOff: true);
                Begin(number);
                return true;
            case RaceLineKind.Rule:
                report.LastLine = original;
                IsInside = false;
                isRuled = true;
                return true;
            case RaceLineKind.Access:
                report.AddAccess(read, original);
                break;
            case RaceLineKind.Goroutine:
                report.AddGoroutine(read, original);
                break;
            case RaceLineKind.Heap or RaceLineKind.Global:
                report.AddLocation(read);
                break;
            case RaceLineKind.Function when report.HasSections:
                report.AddFunction(read.Name);
                break;
            case RaceLineKind.Place when report.WantsPlace:
                report.AddPlace(line.Trim(" \t\r"u8));
                break;
            case RaceLineKind.Lost:
                report.AddLost();
                break;
            case RaceLineKind.Blank:
                return true;
            case RaceLineKind.Found:
                foundCount += (long)read.Size;
                Add(isCutOff: true);
                return true;
            default:
                return false;
        }

        report.LastLine = original;
        return true;
    }

    private void Add(bool isCutOff)
    {
        IsInside = false;
        RaceReport report = builder!.Build(isCutOff);
        if (report.IsCutOff && firstCutLine == 0)
            firstCutLine = lastNumber;
        if (!groups.Add(report) && firstDroppedLine == 0)
            firstDroppedLine = lastNumber;
    }

    private void AddRemarks()
    {
        if (groups.CutCount > 0)
            remarks.Report(RaceDiagnostics.CutOff, DiagnosticSeverity.Warning, firstCutLine, $"{groups.CutCount} of {groups.ReportCount} race reports are cut off; what they have was used, the first one ends here", most: 1);
        if (firstDroppedLine > 0)
            remarks.Report(RaceDiagnostics.TooManyGroups, DiagnosticSeverity.Warning, firstDroppedLine, $"more than {RaceLimits.GroupCount} different races; reports of further ones were only counted", most: 1);
        if (builder?.IsCapped == true)
            remarks.Report(RaceDiagnostics.TooManyFrames, DiagnosticSeverity.Warning, 0, $"a race report has more than {RaceLimits.FrameCount} frames in a stack or {RaceLimits.SideCount} sides, or the log more than {RaceLimits.DistinctFrameCount} different frames; the rest was dropped", most: 1);
        if (foundCount > groups.ReportCount)
            remarks.Report(RaceDiagnostics.ReportsMissing, DiagnosticSeverity.Warning, 0, $"the program counted {foundCount} races, the log holds {groups.ReportCount} reports", most: 1);
    }
}
