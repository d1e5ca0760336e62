using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

public class HeadlineTests
{
    private const string Block = "\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n";

    private static IEnumerable<string> Texts(string head) =>
        Given.Report(head + Block).Headlines.Select(headline => $"{headline.Line} {headline.Kind} {headline.Text}{(headline.IsRecovered ? " R" : "")}{(headline.IsRepanicked ? " P" : "")}");

    [Fact]
    public void Fatal_error() => Assert.Equal(["1 FatalError concurrent map writes"], Texts("fatal error: concurrent map writes\n"));

    [Fact]
    public void Newer_panics_are_indented_by_a_tab() =>
        Assert.Equal(["1 Panic first R", "2 Panic second R", "3 Panic third"], Texts("panic: first [recovered]\n\tpanic: second [recovered]\n\tpanic: third\n"));

    [Fact]
    public void Repanicked() => Assert.Equal(["1 Panic one R P"], Texts("panic: one [recovered, repanicked]\n"));

    [Fact]
    public void Fatal_error_during_a_panic_is_indented() =>
        Assert.Equal(["1 Panic first", "2 FatalError sync: unlock of unlocked mutex"], Texts("panic: first\n\tfatal error: sync: unlock of unlocked mutex\n"));

    [Fact]
    public void Values_of_many_lines_are_indented_since_1_23() =>
        Assert.Equal(["1 Panic a\nb\n\tc R", "4 Panic d"], Texts("panic: a\n\tb\n\t\tc [recovered]\n\tpanic: d\n"));

    [Fact]
    public void Values_of_many_lines_are_raw_before() =>
        Assert.Equal(["1 Panic a\nb\n\nc"], Texts("panic: a\nb\n\nc\n"));

    [Fact]
    public void Texts_of_the_runtime_do_not_take_other_output_in() =>
        Assert.Equal(["1 Panic send on closed channel"], Texts("panic: send on closed channel\n2026/01/02 served\n"));

    [Fact]
    public void Output_between_headline_and_goroutines_is_skipped()
    {
        CrashReport report = Given.Report("fatal error: x\nserved 1\nserved 2\n" + Block);
        Assert.Equal("x", Assert.Single(report.Headlines).Text);
        Assert.Equal([1L], report.Raisers.Select(raiser => raiser.Id));
    }

    [Fact]
    public void Signal_in_brackets()
    {
        CrashReport report = Given.Report("panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x497f2e]\n" + Block);
        Assert.Equal(new SignalInfo("SIGSEGV", "segmentation violation", 1, 8, 0x497f2e, 2), report.Signal);
        Assert.Equal([1L], report.Raisers.Select(raiser => raiser.Id));
    }

    [Fact]
    public void Fatal_signal_with_registers_and_relays()
    {
        CrashReport report = Given.Report(
            "SIGQUIT: quit\nPC=0x459de1 m=0 sigcode=18446744073709551610\n\ngoroutine 0 [idle]:\nruntime.futex()\n\truntime/sys.s:1 +0x1\n" + Block
            + "\nrax    0xca\nr14    0x7f\nrip    0x459de1\n\n-----\n\nSIGQUIT: quit\nPC=0x1 m=1 sigcode=0\n\ngoroutine 0 [idle]:\nruntime.futex()\n\truntime/sys.s:1 +0x1\n\nrax    0x1\n");
        Assert.Equal(new SignalInfo("SIGQUIT", "quit", -6, null, 0x459de1, 1), report.Signal);
        Assert.Equal("SIGQUIT: quit", Assert.Single(report.Headlines).Text);
        Assert.Equal([0L, 1L, 0L], report.Goroutines.Select(goroutine => goroutine.Id));
        Assert.Equal(new Dictionary<string, ulong>(StringComparer.Ordinal) { ["rax"] = 0xca, ["r14"] = 0x7f, ["rip"] = 0x459de1 }, report.Registers);
        Assert.Empty(report.Raisers);
    }

    [Fact]
    public void Notes_stand_beside_the_headline()
    {
        CrashReport report = Given.Report(
            "hello\nruntime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x1 stack=[0x1, 0x2]\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x1?, 0x2?})\n\truntime/panic.go:1 +0x1 fp=0x1 sp=0x2 pc=0x3\n" + Block);
        Assert.Equal(["runtime: goroutine stack exceeds 1000000000-byte limit", "runtime: sp=0x1 stack=[0x1, 0x2]"], report.Notes);
        Assert.Equal(2, report.FirstLine);
        Assert.Equal("runtime.throw", Assert.Single(report.RuntimeStack).Location.Function);
        Assert.Equal(7, report.RuntimeStack[0].LogLine);
        Assert.Equal([1L], report.Raisers.Select(raiser => raiser.Id));
    }

    [Theory]
    [InlineData("panic: test timed out after 1s\n\trunning tests:\n\t\tTestA (1s)\n\t\tTestB/inner (0s)\n")]
    [InlineData("panic: test timed out after 1s\nrunning tests:\n\tTestA (1s)\n\tTestB/inner (0s)\n")]
    public void Running_tests_of_a_time_out(string head)
    {
        CrashReport report = Given.Report(head + Block);
        Assert.Equal(["TestA (1s)", "TestB/inner (0s)"], report.RunningTests);
        Assert.Empty(report.Raisers);
    }

    [Fact]
    public void Nobody_raises_a_deadlock() =>
        Assert.Empty(Given.Report("fatal error: all goroutines are asleep - deadlock!\n" + Block).Raisers);

    [Fact]
    public void Headline_without_goroutines_is_a_report() =>
        Assert.Empty(Given.Report("fatal error: no goroutines (main called runtime.Goexit) - deadlock!\nexit status 2\n").Goroutines);
}
