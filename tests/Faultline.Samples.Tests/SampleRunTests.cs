namespace Faultline.Samples.Tests;

public sealed class SampleRunTests
{
    public static TheoryData<string, string> OldestAndNewest()
    {
        TheoryData<string, string> rows = [];
        foreach (SampleProgram program in SampleProgram.All)
        {
            Toolchain[] usable = [.. Toolchain.All.Where(program.Supports)];
            foreach (string name in usable.Take(1).Concat(usable.TakeLast(1)).Select(toolchain => toolchain.Name).Distinct(StringComparer.Ordinal))
                rows.Add(program.Name, name);
        }
        return rows;
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(OldestAndNewest))]
    public void It_builds_and_dies_as_expected_and_the_ledger_names_the_victim(string name, string go)
    {
        SampleProgram program = SampleProgram.Find(name);
        Toolchain toolchain = Toolchain.TryFind(go)!;
        using SampleRun run = RunUntilItCrashes(SampleBinary.Build(program, toolchain), ExpectedDeath.OptionsFor(program));

        Assert.False(run.IsTimedOut);
        Assert.Equal(2, run.ExitCode);
        CrashHeadline headline = run.TryReadHeadline()!;
        Assert.Equal(ExpectedDeath.HeadlineOf(name, toolchain), headline.Text);
        Assert.NotNull(headline.Goroutine);
        if (program.HasLedger)
            CheckTruth(run, headline);
    }

    [Theory]
    [InlineData(BuildMode.Race)]
    [InlineData(BuildMode.TrimPath)]
    [InlineData(BuildMode.Stripped)]
    [InlineData(BuildMode.Pie)]
    [InlineData(BuildMode.NoInline)]
    public void Every_build_mode_builds_and_crashes(BuildMode mode)
    {
        Toolchain toolchain = Newest();
        using SampleRun run = RunUntilItCrashes(SampleBinary.Build(SampleProgram.Find("maphot"), toolchain, mode));

        Assert.StartsWith("fatal error: concurrent map", run.TryReadHeadline()?.Text, StringComparison.Ordinal);
        Assert.NotNull(run.TryFindTruth());
    }

    [Fact]
    public void A_second_build_is_the_same_file()
    {
        SampleProgram program = SampleProgram.Find("chanclosenil");
        SampleBinary first = SampleBinary.Build(program, Newest());
        DateTime written = File.GetLastWriteTimeUtc(first.Path);

        Assert.Equal(first, SampleBinary.Build(program, Newest()));
        Assert.Equal(written, File.GetLastWriteTimeUtc(first.Path));
    }

    [Fact]
    public void The_scheduler_dump_is_a_matter_of_one_variable()
    {
        using SampleRun run = RunUntilItCrashes(SampleBinary.Build(SampleProgram.Find("maphot"), Newest()), new SampleRunOptions { Debug = "scheddetail=1" });

        Assert.Contains(File.ReadLines(run.LogPath), line => line.StartsWith("SCHED ", StringComparison.Ordinal));
        Assert.NotNull(run.TryFindTruth());
    }

    // A race needs two threads at once; a machine that gives the sample only one may see none within the sample's own limit.
    private static SampleRun RunUntilItCrashes(SampleBinary binary, SampleRunOptions? options = null)
    {
        const int Attempts = 3;
        for (int attempt = 1; ; attempt++)
        {
            SampleRun run = SampleRun.Run(binary, options);
            if (run.ExitCode != 0 || attempt == Attempts)
                return run;
            run.Dispose();
        }
    }

    private static Toolchain Newest()
    {
        Assert.SkipWhen(Toolchain.Newest is null, "no Go toolchain in the cache: run eng/toolchains.sh");
        return Toolchain.Newest!;
    }

    private static void CheckTruth(SampleRun run, CrashHeadline headline)
    {
        Ledger ledger = run.TryReadLedger()!;
        Assert.Equal(run.Binary.Toolchain.Release, ledger.GoRelease);

        GroundTruth truth = run.TryFindTruth()!;
        Assert.NotNull(truth);
        Assert.Equal(headline.Goroutine, truth.Victim.Goroutine);
        Assert.Equal("race", truth.Victim.Marker.Role);
        Assert.NotEqual(0UL, truth.Map.Address);
        Assert.All(truth.Rivals, rival =>
        {
            Assert.Equal("race", rival.Access.Marker.Role);
            Assert.NotEqual(truth.Victim.Goroutine, rival.Access.Goroutine);
        });
    }
}
