using System.Text;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Carriers;

/// <summary>Short ways to read wrapped text.</summary>
internal static class Wrapped
{
    /// <summary>A small traceback, its lines without line feeds.</summary>
    public static IReadOnlyList<string> Crash(string message, int goroutine) =>
        [$"panic: {message}", "", $"goroutine {goroutine} [running]:", $"main.work(0x{goroutine:x})", "\t/src/main.go:7 +0x1d", "main.main()", "\t/src/main.go:3 +0x2"];

    public static IReadOnlyList<TracebackLog> Logs(string text) => Logs(Encoding.UTF8.GetBytes(text));

    public static IReadOnlyList<TracebackLog> Logs(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return LogReader.Parse(stream, "-");
    }

    /// <summary>Reads lines, each ended.</summary>
    public static IReadOnlyList<TracebackLog> Lines(IEnumerable<string> lines) => Logs(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Asserts that the only log holds only the crash <paramref name="message"/>, whole.</summary>
    public static TracebackLog Single(IReadOnlyList<TracebackLog> logs, string message, int goroutine)
    {
        TracebackLog log = Assert.Single(logs);
        CrashReport report = Assert.Single(log.Reports);
        Hold(report, message, goroutine);
        return log;
    }

    public static void Hold(CrashReport report, string message, int goroutine)
    {
        Assert.Equal([message], report.Headlines.Select(headline => headline.Text));
        GoroutineTrace only = Assert.Single(report.Goroutines);
        Assert.Equal((goroutine, "running"), (only.Id, only.Status));
        Assert.Equal(["main.work", "main.main"], only.Frames.Select(frame => frame.Location.Function));
        Assert.Equal([7, 3], only.Frames.Select(frame => frame.Location.Line));
        Assert.False(report.IsTruncated);
    }
}
