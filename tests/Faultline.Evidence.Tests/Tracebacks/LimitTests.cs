using System.Diagnostics;
using System.Text;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>Logs written to exhaust the parser.</summary>
public class LimitTests
{
    [Theory]
    [InlineData(4096)]
    [InlineData(64 << 20)]
    public void Long_line_is_skipped_with_a_remark(int chunk)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("fatal error: a\n"), .. new byte[3 << 20], .. "\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n"u8];
        var parser = new TracebackParser("-");
        for (int at = 0; at < bytes.Length; at += chunk)
            parser.Write(bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at)));
        TracebackLog log = parser.Complete();
        Assert.Equal((TracebackDiagnostics.LineTooLong, 2L), (Assert.Single(log.Diagnostics).Id, log.Diagnostics[0].Offset));
        Assert.Single(Assert.Single(log.Reports).Goroutines);
    }

    [Fact]
    public void Endless_stack_is_cut()
    {
        var text = new StringBuilder("goroutine 1 [running]:\n");
        for (int frame = 0; frame < 50_000; frame++)
            text.Append("main.f(0x1)\n\t/a.go:1 +0x1\n");
        text.Append("created by main.main\n\t/a.go:2 +0x1\n");
        TracebackLog log = Given.Log(text.ToString());
        Assert.Equal(TracebackDiagnostics.StackTooDeep, Assert.Single(log.Diagnostics).Id);
        Assert.Equal(4096, log.Reports[0].Goroutines[0].Frames.Count);
    }

    [Fact]
    public void Distinct_places_are_bounded_and_found_without_search()
    {
        var text = new StringBuilder();
        for (int goroutine = 0; goroutine < 300_000; goroutine++)
            text.Append($"goroutine {goroutine} [sleep]:\nmain.f{goroutine}(0x1)\n\t/a.go:1 +0x1\n\n");
        var watch = Stopwatch.StartNew();
        TracebackLog log = Given.Log(text.ToString());
        Assert.Equal(TracebackDiagnostics.TooManyLocations, Assert.Single(log.Diagnostics).Id);
        Assert.Equal(300_000, log.Reports[0].Goroutines.Count);
        Assert.Single(log.Reports[0].Goroutines[1000].Frames);
        Assert.Empty(log.Reports[0].Goroutines[299_999].Frames);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void Distinct_labels_are_bounded()
    {
        var text = new StringBuilder();
        for (int goroutine = 1; goroutine <= 300_000; goroutine++)
            text.Append($"goroutine {goroutine} [sleep] {{req: {goroutine}}}:\nmain.f(0x1)\n\t/a.go:1 +0x1\n\n");
        TracebackLog log = Given.Log(text.ToString());
        Assert.Equal(TracebackDiagnostics.TooManyHeaders, Assert.Single(log.Diagnostics).Id);
        Assert.Equal("7", log.Reports[0].Goroutines[6].Header.Labels[0].Value);
        Assert.Equal("sleep", log.Reports[0].Goroutines[299_999].Status);
    }

    [Theory]
    [InlineData("panic: x\n")]
    [InlineData("goroutine 1 [running]:\n")]
    [InlineData("SIGQUIT: quit\nPC=0x1\n")]
    public void Reports_are_bounded(string text)
    {
        TracebackLog log = Given.Log(string.Concat(Enumerable.Repeat(text, 50_000)));
        Assert.Equal(10_000, log.Reports.Count);
        Assert.Contains(log.Diagnostics, diagnostic => diagnostic.Id == TracebackDiagnostics.TooManyReports);
        Assert.InRange(log.Diagnostics.Count, 1, 20);
    }

    [Theory]
    [InlineData("\tpanic: x\n")]
    [InlineData("\tmore of it\n")]
    [InlineData("more of it\n")]
    [InlineData("runtime: a note\n")]
    [InlineData("SCHED 1ms: gomaxprocs=1\n  G1: status=1() m=nil lockedm=nil\n")]
    public void Heads_are_bounded(string line)
    {
        TracebackLog log = Given.Log("panic: x\n" + string.Concat(Enumerable.Repeat(line, 100_000)));
        CrashReport report = Assert.Single(log.Reports);
        Assert.InRange(report.Headlines.Count, 1, 256);
        Assert.InRange(report.Headlines[0].Text.Length, 1, 70_000);
        Assert.InRange(report.Notes.Count, 0, 64);
    }

    [Fact]
    public void Memory_of_a_large_log_is_a_fraction_of_it()
    {
        byte[] block = "goroutine 7 [select, 3 minutes]:\nmain.f(0xc000012345, {0x1?, 0x2})\n\t/src/a.go:1 +0x1\nmain.g(...)\n\t/src/a.go:2\ncreated by main.main in goroutine 1\n\t/src/a.go:3 +0x1\n\n"u8.ToArray();
        var parser = new TracebackParser("-");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int count = 0; count < 200_000; count++)
            parser.Write(block);
        TracebackLog log = parser.Complete();
        Assert.Equal(200_000, log.Reports[0].Goroutines.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, log.ByteCount);
    }
}
