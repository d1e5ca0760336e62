using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>One recorded crash and what the tool made of it.</summary>
/// <param name="Score">Null unless judged.</param>
/// <param name="KeptFolder">Where log and report are kept; null unless something was missed.</param>
public sealed record RecordedTrial(RecordedCase Case, TrialOutcome Outcome, Score? Score, string? KeptFolder)
{
    /// <summary>The first candidate is confirmed, with the right goroutine and line.</summary>
    public bool IsConfirmed => Score is { FirstIsExact: true, Answer.Rivals: [{ Confidence: "confirmed" }, ..] };

    public bool IsMiss => Score is { } score && (!score.VictimIsExact || !score.FirstIsExact || score.WrongConfirmedCount > 0);

    /// <summary>Records once and judges the report. The folder stays when it is a miss, without the big files.</summary>
    public static RecordedTrial Run(RecordedCase recorded, string tool, string? suspects, string folder)
    {
        using SampleRun run = recorded.Run(tool, suspects, folder);
        if (run.TryFindTruth() is not { } truth)
            return new RecordedTrial(recorded, run.TryReadHeadline() is null ? TrialOutcome.NoCrash : TrialOutcome.NoTruth, null, null);
        RecordedTrial trial = new(recorded, TrialOutcome.Judged, Score.Of(truth, RecordedCase.ReadAnswer(folder)), folder);
        if (trial.IsConfirmed && !trial.IsMiss)
            return trial with { KeptFolder = null };
        File.WriteAllLines(Path.Combine(folder, "truth.txt"), [run.Binary.ToString(), run.Binary.Path, .. TruthText.Lines(truth)]);
        run.Keep();
        return trial;
    }
}
