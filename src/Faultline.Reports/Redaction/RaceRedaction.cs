using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Races;
using Faultline.Evidence.Races;

namespace Faultline.Reports.Redaction;

/// <summary>A race without paths, strings, hosts and addresses. The slices of a memory, and what the compiler said, are left out whole.</summary>
internal static class RaceRedaction
{
    /// <summary>Remembers what stands in sentences.</summary>
    public static void Learn(RaceFinding race, Redactor redactor)
    {
        foreach (RaceSideReading side in race.Sides)
        {
            foreach (AccessFrame frame in side.Frames.Concat(side.CreatedFrames))
                redactor.Keep(frame.Function);
        }

        redactor.Learn(race.Log.Source, redactor.File(race.Log.Source));
        if (race.Log.Stream is { } stream)
            redactor.Learn(stream, redactor.Token("stream", stream));
    }

    public static RaceFinding Of(RaceFinding race, Redactor redactor) => race with
    {
        Log = race.Log with { Source = redactor.File(race.Log.Source), Stream = race.Log.Stream is { } stream ? redactor.Token("stream", stream) : null },
        Sides = [.. race.Sides.Select(side => Of(side, redactor))],
        Address = redactor.Address(race.Address),
        Variable = race.Variable is { } variable ? variable with { Name = redactor.Code(variable.Name) } : null,
        Array = null,
        Used = [],
        Escapes = [],
        Run = race.Run is { } run ? run with { Because = redactor.Text(run.Because) } : null,
        Missing = IncidentRedaction.Of(race.Missing, redactor),
    };

    private static RaceSideReading Of(RaceSideReading side, Redactor redactor) => side with
    {
        Access = side.Access with { Address = redactor.Address(side.Access.Address), Stack = Of(side.Access.Stack, redactor) },
        File = redactor.File(side.File),
        Candidates = [.. side.Candidates.Select(line => line with { File = redactor.File(line.File) })],
        Expression = redactor.Code(side.Expression),
        SourceLine = null,
        Frames = [.. side.Frames.Select(frame => Of(frame, redactor))],
        CreatedFrames = [.. side.CreatedFrames.Select(frame => Of(frame, redactor))],
    };

    private static AccessFrame Of(AccessFrame frame, Redactor redactor) => frame with { File = redactor.File(frame.File), Pc = redactor.Address(frame.Pc) };

    private static RaceStack Of(RaceStack stack, Redactor redactor) => stack with { Frames = [.. stack.Frames.Select(frame => frame with { File = redactor.File(frame.File) })] };
}
