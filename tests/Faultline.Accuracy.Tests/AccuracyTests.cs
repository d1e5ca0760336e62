using Faultline.Samples;

namespace Faultline.Accuracy.Tests;

/// <summary>The small form of <c>bench/accuracy</c>: real crashes of real binaries, held against the ledger.</summary>
public sealed class AccuracyTests
{
    private const int CrashesPerCase = 2;
    private const int Attempts = 4;

    private static readonly CrashLevel[] s_levels = [.. CrashLevel.Known.Take(2)];

    /// <summary>The oldest, the middle and the newest toolchain of the cache with every map sample.</summary>
    public static TheoryData<string, string, string> Matrix()
    {
        TheoryData<string, string, string> rows = [];
        foreach (SampleProgram program in SampleProgram.All.Where(program => program.HasLedger))
        {
            Toolchain[] usable = [.. Toolchain.All.Where(program.Supports)];
            foreach (Toolchain toolchain in usable.Where((_, index) => index == 0 || index == usable.Length / 2 || index == usable.Length - 1))
            {
                foreach (CrashLevel level in s_levels)
                    rows.Add(program.Name, toolchain.Name, level.Name);
            }
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void The_victim_is_exact_the_true_line_is_a_candidate_and_nothing_confirmed_is_wrong(string sample, string go, string level)
    {
        CrashCase crash = new(SampleProgram.Find(sample), Toolchain.TryFind(go)!, BuildMode.Plain, CrashLevel.Known.First(known => known.Name == level));
        for (int i = 0; i < CrashesPerCase; i++)
        {
            foreach (Trial trial in Judge(crash))
            {
                Score score = trial.Score!;
                // "concurrent map writes" does not say whether the victim assigned or deleted; where the log hides the runtime's frames, only the code does.
                Assert.True(trial.WithBinary ? score.VictimIsExact : score.VictimIsPlaced, $"victim: {Explain(score)}");
                Assert.True(score.WrongConfirmedCount == 0, $"confirmed: {Explain(score)}");
                if (trial.WithBinary)
                    Assert.True(score.LineIsAmong, $"line: {Explain(score)}");
            }
        }
    }

    [Theory]
    [InlineData("maphot", BuildMode.Race)]
    [InlineData("maphot", BuildMode.TrimPath)]
    [InlineData("maphot", BuildMode.Stripped)]
    [InlineData("maphot", BuildMode.Pie)]
    [InlineData("maphot", BuildMode.NoInline)]
    [InlineData("mapww", BuildMode.Race)]
    [InlineData("mapww", BuildMode.TrimPath)]
    [InlineData("mapww", BuildMode.Stripped)]
    [InlineData("mapww", BuildMode.Pie)]
    [InlineData("mapww", BuildMode.NoInline)]
    public void The_victim_is_exact_in_every_build_mode(string sample, BuildMode mode)
    {
        Assert.True(Toolchain.Newest is not null, "no Go toolchain in the cache: run eng/toolchains.sh");
        foreach (Trial trial in Judge(new CrashCase(SampleProgram.Find(sample), Toolchain.Newest!, mode, s_levels[0])))
            Assert.True(trial.WithBinary ? trial.Score!.VictimIsExact : trial.Score!.VictimIsPlaced, Explain(trial.Score!));
    }

    // A machine that never gives the sample two threads at once sees no race; that is no fault of the diagnosis.
    private static IReadOnlyList<Trial> Judge(CrashCase crash)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string folder = Directory.CreateTempSubdirectory("faultline-accuracy-").FullName;
            try
            {
                IReadOnlyList<Trial> trials = Trial.Run(crash, [true, false], InProcess.Ask, folder);
                if (trials[0].Outcome == TrialOutcome.Judged)
                    return trials;
            }
            finally
            {
                // The run takes its own folder away; after one that was not judged it can be left.
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
            }
        }
        Assert.Skip($"{crash} did not crash in {Attempts} runs");
        return [];
    }

    private static string Explain(Score score) =>
        $"expected {score.Truth.Victim.Goroutine} at {score.Truth.Victim.Marker.Label} against line {string.Join('/', score.Truth.RivalLines)}, "
        + $"said {score.Answer.Victim} against {string.Join("; ", score.Answer.Rivals)}";
}
