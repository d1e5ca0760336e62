using System.Text.RegularExpressions;
using Faultline.Evidence.Scheduling;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>The program's own output in front of, between and inside the runtime's lines.</summary>
public sealed partial class InterleavedTests
{
    private const string Plain = "SCHED 106ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=0 needspinning=1 idlethreads=2 runqueue=3 [ 4 0 ] schedticks=[ 17 5 ]\n";

    private const string Old = "SCHED 106ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=0 idlethreads=2 runqueue=3 [4 0]\n";

    private const string Detailed =
        "SCHED 206ms: gomaxprocs=1 idleprocs=0 threads=4 spinningthreads=0 needspinning=0 idlethreads=2 runqueue=0 gcwaiting=false nmidlelocked=1 stopwait=0 sysmonwait=false\n"
        + "  P0: status=1 schedtick=28 syscalltick=2 m=0 runqsize=3 gfreecnt=0 timerslen=1\n"
        + "  M2: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=1 dying=0 spinning=false blocked=true lockedg=nil\n"
        + "  M0: p=0 curg=1 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=false lockedg=1\n"
        + "  G1: status=2(chan receive) m=0 lockedm=0\n"
        + "  G2: status=4(force gc (idle)) m=nil lockedm=nil\n"
        + "  G7: status=4(chan receive (nil chan)) m=nil lockedm=nil\n";

    public static TheoryData<string, string> Interruptions => new()
    {
        { Plain, "request 17 took [fast] time=5ms\n" },
        { Plain, "2026/11/26 18:00:01 served status=200\n" },
        { Plain, "one\ntwo\n\nthree\n" },
        { Old, "request 17 took [fast] time=5ms\n" },
        { Detailed, "request 17 took [fast] time=5ms\n" },
        { Detailed, "2026/11/26 18:00:01 served status=200\n" },
        { Detailed, "one\ntwo\n\nthree\n" },
    };

    /// <summary>Whole lines of the program at every place where one write of the runtime ends and the next begins.</summary>
    [Theory]
    [MemberData(nameof(Interruptions))]
    public void Lines_within_a_line_change_nothing(string log, string interruption)
    {
        string[] expected = [.. RegexReading.Lines(log)];
        int places = 0;
        foreach (Match end in PieceEnd().Matches(log))
        {
            string cut = log[..(end.Index + end.Length)] + interruption + log[(end.Index + end.Length)..];
            Assert.Equal(expected, ReadLines.Of(cut, out SchedulerLineReader reader));
            Assert.Equal(0, reader.CutCount);
            places++;
        }

        Assert.True(places > 10, $"{places} places");
    }

    /// <summary>Inside the parentheses the program's words cannot be told from the reason: that line is given up, and no other.</summary>
    [Fact]
    public void Lines_within_a_reason_cost_that_line()
    {
        string[] expected = [.. RegexReading.Lines(Detailed).Where(line => !line.StartsWith("G 2|", StringComparison.Ordinal))];
        foreach (string before in (string[])["force gc (idle)) m=nil", ") m=nil lockedm=nil\n  G7"])
        {
            Assert.Equal(expected, ReadLines.Of(Detailed.Replace(before, "one\ntwo\n" + before, StringComparison.Ordinal), out SchedulerLineReader reader));
            Assert.Equal(1, reader.CutCount);
        }
    }

    [Fact]
    public void Lines_behind_the_programs_own_text_are_read()
    {
        string glued = string.Concat(Detailed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "working ..." + line + "\n"));
        Assert.Equal(RegexReading.Lines(Detailed), ReadLines.Of(glued));
        Assert.Equal(RegexReading.Lines(Plain + Old), ReadLines.Of("..." + Plain + "SCHED ULED " + Old));
    }

    [Fact]
    public void A_header_without_its_rest_counts_with_what_it_has()
    {
        SchedulerSeries series = ReadLines.Series("SCHED 5ms: gomaxprocs=2 idleprocs=1 thr\n" + Old);
        Assert.Equal(2, series.StepCount);
        Assert.Equal((2, 1, null, null), (series.Steps[0].Header.GoMaxProcs, series.Steps[0].Header.IdleProcessors, series.Steps[0].Header.Threads, series.Steps[0].Queued));
        Assert.Equal(SchedulerDiagnostics.CutLines, Assert.Single(series.Diagnostics).Id);
    }

    [Fact]
    public void Lines_of_a_step_whose_header_is_lost_belong_to_no_other()
    {
        string[] lines = Detailed.Split('\n', 2);
        SchedulerSeries series = ReadLines.Series(Detailed + lines[1] + Detailed.Replace("206ms", "306ms", StringComparison.Ordinal));
        Assert.Equal([3, 3], series.Steps.Select(step => step.Detail!.GoroutineLines));
    }

    [Fact]
    public void The_programs_words_are_not_the_runtimes()
    {
        SchedulerSeries series = ReadLines.Series("SCHED is short for schedule\n  G7: status=4(mine) m=nil lockedm=nil\nSCHED 12 items\n");
        Assert.Equal(0, series.StepCount);
        Assert.Empty(series.Diagnostics);
    }

    // Behind a key, a value, a reason, a list; not behind the first piece of a line, which says nothing alone.
    [GeneratedRegex(@"(?<=[a-z]=)(?=[\dnft])|(?<==(-?\d+|nil|true|false))(?= |\()|(?<=\) m=)|(?<=\d) ?(?=\[)|(?<=SCHED )(?=\d)|(?<=SCHED \d+)(?=ms)|\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PieceEnd();
}
