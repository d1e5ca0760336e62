using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>What came of one run of a sample.</summary>
public enum TrialOutcome
{
    /// <summary>It crashed and the ledger names the victim and its rivals.</summary>
    Judged,

    /// <summary>It ended or was killed without a crash.</summary>
    NoCrash,

    /// <summary>It crashed on a map, but the ledger does not say who did it.</summary>
    NoTruth,
}

/// <summary>One diagnosis of one crash.</summary>
/// <param name="WithBinary">The tool got the binary; otherwise only the log.</param>
/// <param name="Score">Null unless judged.</param>
/// <param name="KeptFolder">Where the log is kept; null unless something was missed.</param>
public sealed record Trial(CrashCase Case, bool WithBinary, TrialOutcome Outcome, Score? Score, string? KeptFolder)
{
    /// <summary>Crashes once and asks for each way of diagnosing.</summary>
    /// <param name="ask">The tool: log, binary or null, answer.</param>
    /// <param name="folder">Folder for this crash; it stays when something that should be right is wrong.</param>
    public static IReadOnlyList<Trial> Run(CrashCase crash, IReadOnlyList<bool> withBinary, Func<string, string?, Answer> ask, string folder)
    {
        using SampleRun run = crash.Run(folder);
        GroundTruth? truth = run.TryFindTruth();
        TrialOutcome outcome = truth is not null ? TrialOutcome.Judged : run.TryReadHeadline() is null ? TrialOutcome.NoCrash : TrialOutcome.NoTruth;
        if (truth is null)
            return [.. withBinary.Select(binary => new Trial(crash, binary, outcome, null, null))];

        Trial[] trials = [.. withBinary.Select(binary =>
        {
            Score score = Score.Of(truth, ask(run.LogPath, binary ? run.Binary.Path : null));
            return new Trial(crash, binary, outcome, score, IsMiss(score, binary) ? folder : null);
        })];
        if (Array.Exists(trials, trial => trial.KeptFolder is not null))
        {
            File.WriteAllLines(Path.Combine(folder, "truth.txt"), [run.Binary.ToString(), run.Binary.Path, .. TruthText.Lines(truth)]);
            run.Keep();
        }
        return trials;
    }

    /// <summary>The log alone names no rival as a rule, so there only a wrong answer is worth a look.</summary>
    public static bool IsMiss(Score score, bool withBinary) =>
        !score.VictimIsExact || score.WrongConfirmedCount > 0 || score.FirstIsWrong || (withBinary && !score.LineIsAmong);
}
