using System.Text;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Carriers;

/// <summary>Lines broken at a fixed width, and those that only look so; whole crashes at several widths are in the carrier zoo.</summary>
public sealed class WrappedLineTests
{
    private static readonly string[] s_crash =
    [
        "2026/11/24 01:54:18 listening",
        "panic: a value that says more about itself than one line of a terminal can hold",
        "",
        "goroutine 7 [running]:",
        "example.com/shop/internal/sessions.(*Cache[...]).Expire(0xc00012a3c0, 0x2a, 0xc000034e00)",
        "\t/home/build/shop/internal/sessions/cache.go:142 +0x1d3",
        "main.main()",
        "\t/home/build/shop/main.go:7 +0x1d",
        "exit status 2",
    ];

    public static TheoryData<int> Widths => [.. Enumerable.Range(40, 60)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Any_width_gives_the_lines_back(int width)
    {
        List<string> lines = [];
        List<int> starts = [];
        foreach (string line in s_crash)
        {
            starts.Add(lines.Count + 1);
            lines.AddRange(line.Length == 0 ? [line] : line.Chunk(width).Select(piece => new string(piece)));
        }

        TracebackLog log = Assert.Single(Wrapped.Lines(lines));
        Assert.Equal(lines.Count > s_crash.Length ? "wrapped lines" : null, log.Carrier);
        CrashReport report = Assert.Single(log.Reports);
        Assert.Equal(s_crash[1]["panic: ".Length..], Assert.Single(report.Headlines).Text);
        Assert.False(report.IsTruncated);
        IReadOnlyList<TracebackFrame> frames = Assert.Single(report.Goroutines).Frames;
        Assert.Equal(
            [("example.com/shop/internal/sessions.(*Cache[...]).Expire", "/home/build/shop/internal/sessions/cache.go", 142, 0x1d3UL), ("main.main", "/home/build/shop/main.go", 7, 0x1dUL)],
            frames.Select(frame => (frame.Location.Function, frame.Location.File, frame.Location.Line, frame.Location.Offset!.Value)));
        Assert.Equal(3, frames[0].Arguments.Count);
        Assert.Equal([starts[4], starts[6]], frames.Select(frame => (int)frame.LogLine));
        Assert.Equal((starts[1], starts[7] + ((s_crash[7].Length - 1) / width)), (report.FirstLine, report.LastLine));
    }

    /// <summary>One line of the log is longer than the width, and what it lost could be its own: digits of an offset go on at the widths that are in use.</summary>
    [Theory]
    [InlineData(80, true)]
    [InlineData(100, true)]
    [InlineData(83, false)]
    public void Digits_of_an_offset_go_on_at_a_usual_width_only(int width, bool isJoined)
    {
        string place = $"\t/{new string('x', width - 13)}.go:22 +0x6";
        Assert.Equal(width, place.Length);
        string[] lines = ["fatal error: concurrent map writes", "", "goroutine 7 [running]:", "main.work()", place, "5", "main.main()", "\t/src/main.go:3 +0x2d"];
        IReadOnlyList<TracebackFrame> frames = Assert.Single(Assert.Single(Assert.Single(Wrapped.Lines(lines)).Reports).Goroutines).Frames;
        Assert.Equal([isJoined ? 0x65UL : 0x6UL, 0x2dUL], frames.Select(frame => frame.Location.Offset!.Value));

        // A longer line below shows that nothing was broken there.
        lines = [.. lines, "", "goroutine 8 [running]:", "main.other()", $"\t/{new string('y', width)}.go:9 +0x18"];
        frames = Assert.Single(Assert.Single(Wrapped.Lines(lines)).Reports).Goroutines[0].Frames;
        Assert.Equal(0x6UL, frames[0].Location.Offset!.Value);
    }

    /// <summary>Other output between the lines of a report is no rest of them, however long they are.</summary>
    [Theory]
    [InlineData("5")]
    [InlineData("abc")]
    [InlineData("done")]
    [InlineData("main.go")]
    [InlineData("0x1)")]
    [InlineData("worker 3 (of 7) stopped")]
    public void Stray_lines_stay_apart(string stray)
    {
        for (int after = 3; after < s_crash.Length - 1; after++)
        {
            List<string> lines = [.. s_crash[..(after + 1)], stray, .. s_crash[(after + 1)..]];
            TracebackLog log = Assert.Single(Wrapped.Lines(lines));
            Assert.Null(log.Carrier);
            IReadOnlyList<TracebackFrame> frames = Assert.Single(Assert.Single(log.Reports).Goroutines).Frames;
            Assert.Equal([(142, 0x1d3UL), (7, 0x1dUL)], frames.Select(frame => (frame.Location.Line, frame.Location.Offset!.Value)));
        }
    }

    [Fact]
    public void The_last_line_of_a_log_may_be_a_rest()
    {
        string text = string.Join('\n', s_crash[..6].SelectMany(line => line.Length == 0 ? [line] : line.Chunk(50).Select(piece => new string(piece))));
        FrameLocation location = Assert.Single(Assert.Single(Assert.Single(Wrapped.Logs(text)).Reports).Goroutines).Frames[0].Location;
        Assert.Equal((142, 0x1d3UL), (location.Line, location.Offset));
    }

    /// <summary>Lines that go on without end are let go.</summary>
    [Fact]
    public void Endless_pieces_are_bounded()
    {
        StringBuilder text = new("goroutine 7 [running]:\nmain.f(");
        for (int count = 0; count < 100_000; count++)
            text.Append(count == 0 ? new string('0', 43) : new string('0', 50)).Append('\n');
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Single(Wrapped.Logs(text.ToString()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }
}
