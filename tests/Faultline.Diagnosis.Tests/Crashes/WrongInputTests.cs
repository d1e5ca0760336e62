using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>Logs and binaries that do not belong together, and logs that are damaged.</summary>
public sealed class WrongInputTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Fact]
    public void Another_program_is_refused_and_nothing_is_concluded_from_it()
        => AssertRefused(RealCrash.BinaryOf("mapww", RealCrash.Newest));

    [Fact]
    public void The_same_program_built_by_another_Go_is_refused()
        => AssertRefused(RealCrash.BinaryOf("maphot", RealCrash.Oldest));

    [Fact]
    public void The_same_program_built_without_inlining_is_refused()
        => AssertRefused(RealCrash.BinaryOf("maphot", RealCrash.Newest, BuildMode.NoInline));

    [Fact]
    public void The_right_binary_is_not_refused()
    {
        foreach (var toolchain in Toolchain.All)
        {
            foreach (var level in new[] { "all", "system" })
            {
                var report = RealCrash.Diagnose(RealCrash.LogOf("maphot", toolchain, level), RealCrash.BinaryOf("maphot", toolchain));
                Assert.All(report.Incidents, incident => Assert.Empty(incident.Diagnostics));
            }
        }
    }

    [Fact]
    public void Two_crashes_in_one_log_are_two_incidents()
    {
        byte[] log = [.. RealCrash.LogOf("maphot", RealCrash.Newest), .. "exit status 2\nrestarting\n"u8, .. RealCrash.LogOf("chansend", RealCrash.Newest)];
        var report = RealCrash.Diagnose(log, null);
        Assert.Equal(2, report.Incidents.Count);
    }

    /// <summary>Without the raiser's header the next goroutine comes first; it must not be taken for the one that raised the fault.</summary>
    [Fact]
    public void A_victim_whose_header_is_damaged_is_not_replaced_by_a_confirmed_bystander()
    {
        var text = System.Text.Encoding.UTF8.GetString(RealCrash.LogOf("maphot", RealCrash.Newest));
        var damaged = text.Replace(" [running]:", " [runn\u0001ng", StringComparison.Ordinal);
        var incident = Assert.Single(RealCrash.Diagnose(System.Text.Encoding.UTF8.GetBytes(damaged), RealCrash.BinaryOf("maphot", RealCrash.Newest)).Incidents);
        Assert.NotEqual(Confidence.Confirmed, incident.Victim?.Confidence);
    }

    [Theory]
    [InlineData("maphot")]
    [InlineData("maphandlers")]
    [InlineData("deadlock")]
    public void A_log_that_is_cut_off_gives_what_is_left_and_never_a_confirmed_rival(string sample)
    {
        var log = RealCrash.LogOf(sample, RealCrash.Newest);
        using var binary = GoBinary.Open(RealCrash.BinaryOf(sample, RealCrash.Newest));
        for (var i = 0; i <= 200; i++)
            AssertSane(log.AsSpan(0, (int)((long)log.Length * i / 200)), binary, $"cut at {i}/200");
    }

    [Theory]
    [InlineData("maphot")]
    [InlineData("mapiter")]
    public void A_log_with_flipped_bits_never_gives_a_confirmed_rival(string sample)
    {
        var log = RealCrash.LogOf(sample, RealCrash.Newest);
        using var binary = GoBinary.Open(RealCrash.BinaryOf(sample, RealCrash.Newest));
        for (var seed = 1; seed <= 200; seed++)
        {
            var damaged = log.ToArray();
            var state = (uint)seed * 2654435761;
            for (var flip = 0; flip < 1 + seed % 8; flip++)
            {
                state = state * 1664525 + 1013904223;
                damaged[state % damaged.Length] ^= (byte)(1 << (int)(state >> 29));
            }

            AssertSane(damaged, binary, $"seed {seed}");
        }
    }

    private static void AssertSane(ReadOnlySpan<byte> log, GoBinary binary, string what)
    {
        var watch = Stopwatch.StartNew();
        var parser = new TracebackParser("crash.log");
        parser.Write(log);
        var report = RealCrash.Diagnose(parser.Complete(), binary);
        Assert.True(watch.Elapsed < s_limit, what);
        foreach (var incident in report.Incidents)
            Assert.DoesNotContain(incident.Rivals, rival => rival.Confidence == Confidence.Confirmed);
    }

    private static void AssertRefused(string binary)
    {
        var log = RealCrash.LogOf("maphot", RealCrash.Newest);
        var withWrong = Assert.Single(RealCrash.Diagnose(log, binary).Incidents);
        var withNone = Assert.Single(RealCrash.Diagnose(log, null).Incidents);

        Assert.Contains(withWrong.Diagnostics, diagnostic => diagnostic.Id == "DIAG0001");
        Assert.Null(withWrong.Object?.Type);
        Assert.Equal(withNone.Rivals.Select(rival => (rival.Goroutine, rival.Line, rival.Rule)), withWrong.Rivals.Select(rival => (rival.Goroutine, rival.Line, rival.Rule)));
        Assert.Null(withWrong.Program.Path);
    }
}
