using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Says what would have settled the question, most useful first, each with a command to copy.</summary>
internal sealed class MissingPieces(CrashReport report, ProgramImage image, string logSource, FaultKind kind)
{
    private string Log => logSource == "-" ? "crash.log" : Shell.Quote(logSource);

    private string Program => image.Binary is { } binary ? Shell.QuoteCommand(binary.Path) : "./app";

    public IReadOnlyList<MissingPiece> List(MapFault? fault, IReadOnlyList<Access> rivals, IReadOnlyList<MapCallSite> writes)
    {
        var pieces = new List<MissingPiece>();
        if (image.Binary is null)
            pieces.Add(new MissingPiece("the binary that crashed: with it come the map's type, exact addresses and every line that can be the other side", $"faultline diagnose {Log} --binary ./app"));
        if (report.Headlines.Count == 0)
            pieces.Add(new MissingPiece("the lines before the first goroutine: they say what the runtime detected", ""));
        if (report.Goroutines.Count <= 1 && kind != FaultKind.Deadlock)
            pieces.Add(new MissingPiece("the other goroutines: the log shows only one (Go 1.26 and newer print no more by default)", $"GOTRACEBACK=all {Program}"));
        if (fault is not null)
            AddForConflict(pieces, fault, rivals, writes);
        else if (IsChannel && !rivals.Any(rival => rival.Confidence == Confidence.Confirmed))
            pieces.Add(new MissingPiece("who closed the channel: a recording names the goroutine, its line and when (Linux, root)", $"faultline record --probe chan -- {Program}"));
        if (fault is null && NeedsAddress && image.Binary is not null)
            pieces.Add(new MissingPiece("the object's address: GOTRACEBACK=system prints the runtime's own frames with their arguments", $"GOTRACEBACK=system {Program}"));
        return pieces;
    }

    private bool IsChannel => kind is FaultKind.SendOnClosedChannel or FaultKind.CloseOfClosedChannel;

    private bool NeedsAddress => kind is FaultKind.UnlockOfUnlockedMutex;

    private void AddForConflict(List<MissingPiece> pieces, MapFault fault, IReadOnlyList<Access> rivals, IReadOnlyList<MapCallSite> writes)
    {
        if (rivals.Any(rival => rival.Confidence == Confidence.Confirmed))
            return;
        if (report.Scheduler is null && !rivals.Any(rival => rival is { Goroutine: not null, Confidence: Confidence.Probable }))
            pieces.Add(new MissingPiece("which goroutines were on a thread when the program died: the scheduler dump names a busy writer, though never one that was done", $"GODEBUG=scheddetail=1 GOTRACEBACK=all {Program}"));
        if (image.Binary is not null && fault.Site is not null && writes.Count > 0)
            pieces.Add(new MissingPiece("the writer's goroutine id and the map's address: a recording names both sides of the next crash, and one of this map's type leaves every other map at full speed (Linux, root)", RecordCommand(fault)));
    }

    private string RecordCommand(MapFault fault) => fault.Types is [{ } type]
        ? $"faultline record --map-type {Shell.Quote(type.Name)} -- {Program}"
        : $"faultline record -- {Program}";
}
