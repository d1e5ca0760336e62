using System.Text;
using System.Text.Json;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Races;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Races;

/// <summary>The text of single reports, plain and as logs carry it.</summary>
public sealed class RaceParsingTests
{
    [Fact]
    public void A_report_has_two_accesses_and_the_goroutines_that_are_not_main()
    {
        RaceReport report = RaceText.Single(RaceText.Map);
        Assert.Equal((2L, 20L, false), (report.FirstLine, report.LastLine, report.IsCutOff));
        RaceAccess read = report.Accesses[0];
        Assert.Equal((false, false, 0xc0000941b0UL, 9L, 3L), (read.IsWrite, read.IsPrevious, read.Address, read.Goroutine, read.LogLine));
        Assert.Equal(["runtime.mapaccess1_faststr", "example.com/app.(*store).get", "main.handle"], read.Stack.Frames.Select(frame => frame.Function));
        Assert.Equal(("/src/app/store.go", 64, 0x50UL), (read.Stack.UserFrame!.File, read.Stack.UserFrame.Line, read.Stack.UserFrame.Offset));
        RaceAccess write = report.Accesses[1];
        Assert.Equal((true, true, null, 11L), (write.IsWrite, write.IsPrevious, write.Goroutine, write.LogLine));
        RaceGoroutine goroutine = Assert.Single(report.Goroutines);
        Assert.Equal((9L, "running", "main.main"), (goroutine.Number, goroutine.State, goroutine.Created.Frames[0].Function));
        Assert.Same(goroutine, report.GoroutineOf(read));
        Assert.Null(report.GoroutineOf(write));
    }

    [Fact]
    public void A_stack_that_was_not_restored_is_told_from_one_that_the_log_lost()
    {
        RaceReport report = RaceText.Single(RaceText.Lost);
        Assert.Equal([false, true], report.Accesses.Select(access => access.Stack.IsLost));
        Assert.Equal(("C:/src dir/app:1/main.go", 13), (report.Accesses[0].Stack.Frames[0].File, report.Accesses[0].Stack.Frames[0].Line));
        Assert.True(report.Goroutines[1].Created.IsLost);
        Assert.False(report.IsCutOff);
    }

    [Fact]
    public void Heap_blocks_and_variables_are_read_where_the_detector_prints_them()
    {
        const string heap = "\nHeap block of size 80 at 0x00c000094180 allocated by goroutine 7:\n  main.make()\n      /src/app/main.go:5 +0x1\n";
        RaceLocation block = RaceText.Single(RaceText.Map.Replace("\nGoroutine 9", heap + "\nGoroutine 9", StringComparison.Ordinal)).Location!;
        Assert.Equal(("", 80UL, 0xc000094180UL, "main.make"), (block.Variable, block.Size, block.Address, block.Allocated.Frames[0].Function));
        const string variable = "\nGlobal var main.sessions of size 8 at 0x00000076cd90 declared at /src/app/main.go:7\n";
        RaceReport report = RaceText.Single(RaceText.Map.Replace("\nGoroutine 9", variable + "\nGoroutine 9", StringComparison.Ordinal));
        Assert.Equal(("main.sessions", 8UL, 0x76cd90UL), (report.Location!.Variable, report.Location.Size, report.Location.Address));
        Assert.Single(report.Goroutines);
    }

    [Fact]
    public void Atomic_accesses_are_read_where_a_detector_says_so()
    {
        RaceReport report = RaceText.Single(RaceText.Map.Replace("Read at", "Atomic read at", StringComparison.Ordinal).Replace("Previous write", "Previous atomic write", StringComparison.Ordinal));
        Assert.All(report.Accesses, access => Assert.True(access.IsAtomic));
        Assert.Equal([false, true], report.Accesses.Select(access => access.IsWrite));
    }

    [Fact]
    public void Reports_cut_off_anywhere_keep_what_they_have()
    {
        byte[] text = Encoding.UTF8.GetBytes(RaceText.Map);
        int whole = 0;
        for (int size = 0; size < text.Length; size++)
        {
            TracebackLog log = Assert.Single(LogReader.Parse(new MemoryStream(text, 0, size), "race.log"));
            Assert.True(log.Races.ReportCount <= 1);
            if (log.Races.ReportCount == 0)
                continue;
            RaceReport report = log.Races.Groups[0].Places[0].Example;
            whole += report.IsCutOff ? 0 : 1;
            if (report.IsCutOff)
                Assert.Contains(log.Diagnostics, remark => remark.Id == RaceDiagnostics.CutOff);
            Assert.All(report.Accesses, access => Assert.Equal(0xc0000941b0UL, access.Address));
        }

        // The rule at the end is known as one from its eighteenth sign on.
        Assert.InRange(whole, 1, 3);
    }

    [Fact]
    public void Two_reports_of_which_the_first_has_no_end_are_two()
    {
        string cut = RaceText.Map[..RaceText.Map.IndexOf("Goroutine 9 (", StringComparison.Ordinal)];
        RaceSummary races = RaceText.Read(cut + RaceText.Lost);
        Assert.Equal((2L, 1L), (races.ReportCount, races.CutCount));
        Assert.Equal([true, false], races.Groups.Select(group => group.Places[0].Example.IsCutOff));
    }

    [Fact]
    public void Lines_of_the_program_between_those_of_a_report_do_not_end_it()
    {
        string mixed = RaceText.Map.Replace("\n", "\nserved GET /index.html in 3ms\n", StringComparison.Ordinal);
        RaceReport report = RaceText.Single(mixed);
        Assert.False(report.IsCutOff);
        Assert.Equal([3, 2], report.Accesses.Select(access => access.Stack.Frames.Count));
    }

    [Fact]
    public void A_crash_after_a_report_without_an_end_is_still_a_crash()
    {
        string cut = RaceText.Map[..RaceText.Map.IndexOf("Previous write", StringComparison.Ordinal)];
        TracebackLog log = Assert.Single(RaceText.Logs(cut + "fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f()\n\t/src/app/main.go:5 +0x1\n\ngoroutine 1 [runnable]:\nmain.main()\n\t/src/app/main.go:9 +0x1\n"));
        Assert.Equal(2, Assert.Single(log.Reports).Goroutines.Count);
        Assert.Equal(1, log.Races.ReportCount);
    }

    [Fact]
    public void Counts_of_the_process_are_compared()
    {
        TracebackLog log = Assert.Single(RaceText.Logs(RaceText.Map + "Found 3 data race(s)\n"));
        Assert.Equal((1L, 3L), (log.Races.ReportCount, log.Races.FoundCount));
        Assert.Contains(log.Diagnostics, remark => remark.Id == RaceDiagnostics.ReportsMissing);
        Assert.Empty(Assert.Single(RaceText.Logs(RaceText.Map + "Found 1 data race(s)\n")).Diagnostics);
    }

    public static TheoryData<string> Carriers => new("crlf", "docker", "cri", "go-test-json", "timestamps", "compose", "indented", "utf-16", "syslog");

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Carried_reports_are_the_same(string carrier)
    {
        byte[] text = Carry(carrier, "starting\n" + RaceText.Map + RaceText.Lost);
        TracebackLog log = Assert.Single(LogReader.Parse(new MemoryStream(text), "race.log"));
        Assert.Equal((2L, 0L), (log.Races.ReportCount, log.Races.CutCount));
        Assert.Equal((RaceSides(RaceText.Map), RaceSides(RaceText.Lost)), (RaceSides(log.Races.Groups[0]), RaceSides(log.Races.Groups[1])));
        Assert.Equal([3L, 23L], log.Races.Groups.Select(group => group.FirstLine));
    }

    private static string RaceSides(string text) => RaceSides(Assert.Single(RaceText.Read(text).Groups));

    private static string RaceSides(RaceGroup group) =>
        string.Join('\n', group.Places[0].Example.Accesses.Select(access => $"{access.IsWrite} {access.Address:x} {access.Goroutine} {string.Join(' ', access.Stack.Frames)}"));

    private static byte[] Carry(string carrier, string text)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        return carrier switch
        {
            "crlf" => Encoding.UTF8.GetBytes(string.Join("\r\n", lines) + "\r\n"),
            "docker" => Each(line => $"{{\"log\":{JsonSerializer.Serialize(line + "\n")},\"stream\":\"stderr\",\"time\":\"2026-01-02T03:04:05.678Z\"}}"),
            "cri" => Each(line => $"2026-01-02T03:04:05.678901234Z stderr F {line}"),
            "go-test-json" => Each(line => $"{{\"Time\":\"2026-01-02T03:04:05.678Z\",\"Action\":\"output\",\"Package\":\"example.com/app\",\"Test\":\"TestStore\",\"Output\":{JsonSerializer.Serialize(line + "\n")}}}"),
            "timestamps" => Each(line => $"2026-01-02T03:04:05.678Z {line}"),
            "compose" => Each(line => $"app-1  | {line}"),
            "indented" => Each(line => $"    {line}"),
            "syslog" => Each(line => $"Jan  2 03:04:05 web app[123]: {line}"),
            _ => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
        };

        byte[] Each(Func<string, string> wrap) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => wrap(line) + "\n")));
    }
}
