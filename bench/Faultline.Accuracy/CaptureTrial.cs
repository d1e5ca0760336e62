using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>One captured crash and what the tool made of it.</summary>
/// <param name="Score">Null unless judged.</param>
/// <param name="KeptFolder">Where log and report are kept; null unless something was missed.</param>
public sealed record CaptureTrial(CaptureCase Case, TrialOutcome Outcome, Score? Score, string? KeptFolder)
{
    /// <summary>The first candidate is confirmed, with the right goroutine and line.</summary>
    public bool IsConfirmed => Score is { FirstIsExact: true, Answer.Rivals: [{ Confidence: "confirmed" }, ..] };

    public bool IsMiss => Score is { } score && (!score.VictimIsExact || !score.FirstIsExact || score.WrongConfirmedCount > 0);

    /// <summary>
    /// Worth a look: anything wrong that was called more than possible; and of recordings, which see both sides, all that is not confirmed and right.
    /// </summary>
    public bool IsNotable => Score is { } score && (score.WrongConfirmedCount > 0 || !score.VictimIsExact || (Case.IsRecorded
        ? IsMiss || !IsConfirmed
        : score is { FirstIsWrong: true, Answer.Rivals: [{ Confidence: not "possible" }, ..] }));

    /// <summary>Captures once and judges the report. The folder stays when it is worth a look.</summary>
    public static CaptureTrial Run(CaptureCase captured, string tool, string? suspects, string folder)
    {
        using SampleRun run = captured.Run(tool, suspects, folder);
        if (run.TryFindTruth() is not { } truth)
            return new CaptureTrial(captured, run.TryReadHeadline() is null ? TrialOutcome.NoCrash : TrialOutcome.NoTruth, null, null);
        CaptureTrial trial = new(captured, TrialOutcome.Judged, Score.Of(truth, CaptureCase.ReadAnswer(folder)), folder);
        if (!trial.IsNotable)
            return trial with { KeptFolder = null };
        File.WriteAllLines(Path.Combine(folder, "truth.txt"), [run.Binary.ToString(), run.Binary.Path, .. TruthText.Lines(truth)]);
        run.Keep();
        return trial;
    }
}
