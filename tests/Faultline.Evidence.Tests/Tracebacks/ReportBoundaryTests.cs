using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

public class ReportBoundaryTests
{
    private const string Frame = "main.f(0x1)\n\t/a.go:1 +0x1\n";

    [Fact]
    public void Ordinary_output_holds_no_report()
    {
        TracebackLog log = Given.Log("2026/01/02 hello (ok)\n\tat a.go:1\n  G1: tidy\nSIGHUP: reloading\npanicking is no option\n-----\nmain.f()\n\t/a.go:1 +0x1\n");
        Assert.Empty(log.Reports);
        Assert.Empty(log.Diagnostics);
        Assert.Equal(8, log.LineCount);
    }

    [Fact]
    public void Two_interleaved_fatal_errors_are_one_report()
    {
        CrashReport report = Given.Report(
            "fatal error: concurrent map writes\nfatal error: concurrent map writes\n\ngoroutine 19 [running]:\n" + Frame
            + "\ngoroutine 1 [sleep]:\n" + Frame
            + "\ngoroutine 18 [running]:\n\tgoroutine running on other thread; stack unavailable\ncreated by main.main\n\t/a.go:2 +0x1\n"
            + "\ngoroutine 18 [running]:\nmain.g()\n\t/a.go:3 +0x1\ncreated by main.main\n\t/a.go:2 +0x1\n");
        Assert.Equal(2, report.Headlines.Count);
        Assert.Equal([19L, 1L, 18L], report.Goroutines.Select(goroutine => goroutine.Id));
        Assert.Equal("main.g", report.Goroutines[2].Frames[0].Location.Function);
        Assert.False(report.Goroutines[2].IsStackUnavailable);
        Assert.Equal([19L, 18L], report.Raisers.Select(raiser => raiser.Id));
        Assert.Equal(report.Goroutines[2], report.Raisers[1]);
    }

    [Fact]
    public void Headline_after_goroutines_begins_another_report()
    {
        TracebackLog log = Given.Log($"panic: a\n\ngoroutine 1 [running]:\n{Frame}exit status 2\nFAIL\tx 0.1s\nrestarting\nfatal error: b\n\ngoroutine 1 [running]:\n{Frame}exit status 2\n");
        Assert.Equal(["a", "b"], log.Reports.Select(report => report.Headlines[0].Text));
        Assert.Equal([(1L, 5L), (9L, 13L)], log.Reports.Select(report => (report.FirstLine, report.LastLine)));
        Assert.All(log.Reports, report => Assert.False(report.IsTruncated));
    }

    [Fact]
    public void Dumps_without_headline_are_reports()
    {
        TracebackLog log = Given.Log($"http: panic serving\ngoroutine 18 [running]:\n{Frame}http: panic serving\ngoroutine 19 [running]:\n{Frame}done\ngoroutine 1 [running]:\n{Frame}\ngoroutine 2 [select]:\n{Frame}");
        Assert.Equal(["18", "19", "1 2"], log.Reports.Select(report => string.Join(' ', report.Goroutines.Select(goroutine => goroutine.Id))));
        Assert.All(log.Reports, report => Assert.Empty(report.Headlines));
    }

    [Fact]
    public void Log_may_start_in_the_middle_of_a_block()
    {
        CrashReport report = Given.Report($"1)\n\t/a.go:9 +0x1\nmain.main()\n\t/a.go:1 +0x1\n\ngoroutine 5 [select]:\n{Frame}");
        Assert.Equal(5L, Assert.Single(report.Goroutines).Id);
        Assert.Equal(6, report.FirstLine);
    }

    [Theory]
    [InlineData("main.f(0x1)\n")]
    [InlineData("main.f(0x1)\n\t/a.g")]
    [InlineData("main.f(0x")]
    [InlineData("main.f(0x1)\n\t/a.go:1 +0x1\ncreated by main.main in goroutine 1\n")]
    [InlineData("")]
    public void Cut_end_is_seen(string body)
    {
        TracebackLog log = Given.Log("panic: a\n\ngoroutine 1 [running]:\n" + body);
        Assert.True(Assert.Single(log.Reports).IsTruncated);
        Diagnostic diagnostic = Assert.Single(log.Diagnostics);
        Assert.Equal((TracebackDiagnostics.Truncated, DiagnosticSeverity.Info), (diagnostic.Id, diagnostic.Severity));
    }

    [Fact]
    public void Missing_last_line_feed_is_no_cut() =>
        Assert.False(Given.Report("panic: a\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1").IsTruncated);

    [Fact]
    public void Other_threads_may_print_inside_a_block()
    {
        CrashReport report = Given.Report("panic: a\n\ngoroutine 1 [running]:\nserved (ok)\nmain.f(0x1)\nserved 1\n\nserved main.g(2)\n\t/a.go:1 +0x1\nserved\nmain.g()\n\t/a.go:2 +0x1\nrax    0x1\n");
        GoroutineTrace goroutine = Assert.Single(report.Goroutines);
        Assert.Equal([(5L, "main.f", 1), (11L, "main.g", 2)], goroutine.Frames.Select(frame => (frame.LogLine, frame.Location.Function, frame.Location.Line)));
        Assert.False(report.IsTruncated);
        Assert.Empty(report.Registers);
    }

    [Fact]
    public void Carriage_returns_are_tolerated()
    {
        string text = $"panic: a\n\tb\n\ngoroutine 1 [running]:\n{Frame}created by main.main in goroutine 7\n\t/a.go:2 +0x1\n";
        Assert.Equal(ModelText.Write(Given.Log(text)).Split('\n')[1..], ModelText.Write(Given.Log(text.Replace("\n", "\r\n", StringComparison.Ordinal))).Split('\n')[1..]);
    }

    [Theory]
    [InlineData("m=nil", "lockedm=nil", "p=nil curg=nil", "lockedg=nil")]
    [InlineData("m=-1", "lockedm=-1", "p=-1 curg=-1", "lockedg=-1")]
    public void Scheduler_dump_stands_on_either_side_of_the_headline(string m, string lockedm, string idle, string lockedg)
    {
        string dump = $"SCHED 2ms: gomaxprocs=2 idleprocs=0 threads=4 spinningthreads=0 needspinning=1 idlethreads=1 runqueue=0 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false\n"
            + $"  P0: status=1 schedtick=2 syscalltick=0 m=3 runqsize=4 gfreecnt=0 timerslen=0\n  P1: status=0 schedtick=2 syscalltick=0 {m} runqsize=0 gfreecnt=0 timerslen=0\n"
            + $"  M3: p=0 curg=19 mallocing=1 throwing=1 preemptoff= locks=2 dying=1 spinning=false blocked=false {lockedg}\n"
            + $"  M2: {idle} mallocing=0 throwing=0 preemptoff=GC locks=0 dying=0 spinning=false blocked=true lockedg=4\n"
            + $"  G19: status=2(chan receive (nil chan)) m=3 {lockedm}\n  G1: status=4(sleep) {m} {lockedm}\n";
        string block = $"\ngoroutine 19 [running]:\n{Frame}";
        foreach (string text in new[] { "SCHED 1ms: gomaxprocs=9 x\nfatal error: a\n" + dump + block, "SCHED 1ms: gomaxprocs=9 x\n" + dump + "panic: a\n" + block, dump + "SCHED 3ms: gomaxprocs=9 x\npanic: a\n" + block })
        {
            SchedulerDump scheduler = Given.Report(text).Scheduler!;
            Assert.Equal([(0L, 1, 3L, 4L), (1L, 0, null, 0L)], scheduler.Processors.Select(item => (item.Id, item.Status, item.Thread, item.RunQueueSize)));
            Assert.Equal([(3L, 0L, 19L, true, true, false, null), (2L, null, null, false, false, true, 4L)], scheduler.Threads.Select(item => (item.Id, item.Processor, item.CurrentGoroutine, item.IsThrowing, item.IsDying, item.IsBlocked, item.LockedGoroutine)));
            Assert.Equal([(19L, 2, "chan receive (nil chan)", 3L), (1L, 4, "sleep", null)], scheduler.Goroutines.Select(item => (item.Id, item.Status, item.Reason, item.Thread)));
        }

        // A step of a program that is not dying is no part of its crash.
        Assert.Null(Given.Report(dump.Replace("dying=1", "dying=0", StringComparison.Ordinal) + "SCHED 3ms: gomaxprocs=9 x\npanic: a\n" + block).Scheduler);
        Assert.Null(Given.Report(dump + "working\nfatal error: a\n" + block + dump).Scheduler);
    }

    [Fact]
    public void Byte_order_marks()
    {
        Assert.Single(Given.Log("\uFEFFpanic: a\n").Reports);
    }
}
