using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>What a report lacks, and the one command that gets it.</summary>
internal static class RaceMissing
{
    public static IReadOnlyList<MissingPiece> List(LogOrigin log, RaceReport report, IReadOnlyList<RaceSideReading> sides, SharedArray? array, bool isGlobal, RecordedHeaders? recorded, ProgramImage image)
    {
        var file = log.Source == "-" ? "race.log" : Shell.Quote(log.Source);
        var program = image.Binary is { } binary ? Shell.QuoteCommand(binary.Path) : "./app";
        var pieces = new List<MissingPiece>();
        if (report.Accesses.Any(access => access.Stack.IsLost))
            pieces.Add(new MissingPiece("the stack of an access: the detector's history was too short to restore it", $"GORACE=history_size=7 {program}"));
        if (report.IsCutOff)
            pieces.Add(new MissingPiece("the rest of the report: it is cut off", $"GORACE=log_path=race.log {program}"));
        if (sides.Any(side => side.IsFrameLost && side.Line == 0))
        {
            pieces.Add(image.Code is null
                ? new MissingPiece("the line of one access: its frame is missing from the stack, as some releases of Go print it, or may be; the binary's code can tell", $"faultline race {file} --binary ./app")
                : new MissingPiece("the line of one access: its frame is not on the stack that was printed, and several calls in the code fit; an older Go prints it", ""));
        }

        if (sides.Any(side => side is { Line: > 0, SourceLine: null, File.Length: > 0 }))
            pieces.Add(new MissingPiece("the source: the file is not here, so the operands cannot be named", $"faultline race {file} --source-path OLD=NEW"));
        if (array is null && !isGlobal && sides.Any(IsElement))
        {
            if (recorded is null)
                pieces.Add(new MissingPiece("the slice headers: with them come the array and its indexes", $"faultline record --race {file} -- {program}"));
            else if (recorded.IsOverwritten)
                pieces.Add(new MissingPiece("the slice headers: the ring of the recording came round, and those of this access are gone", $"faultline record --ring 0 --race {file} -- {program}"));
        }

        return pieces;
    }

    private static bool IsElement(RaceSideReading side)
        => RaceOperations.IsRange(side.Operation)
            || (!RaceOperations.IsWholeObject(side.Operation) && side.Basis == ExpressionBasis.Source && (side.Expression.Contains('[', StringComparison.Ordinal) || side.Expression.StartsWith("append(", StringComparison.Ordinal)));
}
