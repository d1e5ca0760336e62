using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Text;

namespace Faultline.Reports.Findings;

/// <summary>A pair of lines that raced, as a finding.</summary>
internal static class RacePair
{
    public static Finding Of(RaceFinding race)
    {
        string title = RaceText.Title(race);
        string count = race.Place.Count == 1 ? "once" : $"{race.Place.Count} times";
        return new Finding
        {
            Kind = "data-race",
            Headline = $"data race: {title}",
            Summary = Summarize(race, count),
            Confidence = Confidence.Confirmed,
            Certainty = "CONFIRMED: the race detector saw both accesses and nothing that orders them",
            Object = title,
            Sides = [.. race.Sides.Select(SideOf)],
            Others = [],
            Evidence = [new FindingFact(1, race.Log.Source, race.Place.Example.FirstLine, $"{Wording.Source(race.Log.Source)}:{race.Place.Example.FirstLine}", $"WARNING: DATA RACE, reported {count}")],
            Missing = race.Missing,
            Diagnostics = [],
            Origin = race.Log.Stream is { } stream ? $"{Wording.Source(race.Log.Source)}, {stream}" : Wording.Source(race.Log.Source),
        };
    }

    private static string Summarize(RaceFinding race, string count)
    {
        string sides = string.Join("; ", race.Sides.Select(side => $"{(side.Access.IsPrevious ? "before" : "now")} a {RaceWords.Of(side.Operation)}: {RaceText.Where(side)}, by {RaceText.Goroutine(side)}"));
        string cut = race.Sides.Count < 2 ? "; the report is cut off" : "";
        return $"The race detector reported {count}: {sides}{cut}.";
    }

    private static FindingSide SideOf(RaceSideReading side) => new()
    {
        Role = side.Access.IsPrevious ? "Before" : "Now",
        Who = RaceText.Goroutine(side),
        Operation = RaceWords.Of(side.Operation),
        Expression = side.Basis == ExpressionBasis.Operation ? "" : side.Expression,
        Function = side.Function,
        File = side.File,
        Line = side.Line,
        Frames = side.Frames,
        CreatedBy = side.CreatedFrames.FirstOrDefault(frame => !frame.IsRuntime) is { } started ? new CreatedBy(started.Function, started.File, started.Line, null) : null,
        Certainty = side.IsInferred ? $"CONFIRMED: reported by the race detector; the line is inferred ({RaceText.Where(side)})" : "CONFIRMED: reported by the race detector",
        // The detector says which access came first.
        Time = side.Access.IsPrevious ? 0 : 1,
    };
}
