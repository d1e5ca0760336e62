using System.Text;
using System.Text.Json;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Carriers;

/// <summary>The ugly cases of each carrier; the plain ones are held for every recorded crash by the carrier zoo.</summary>
public sealed class CarrierTests
{
    [Fact]
    public void Plain_text_has_no_carrier()
    {
        TracebackLog log = Wrapped.Single(Wrapped.Lines(["2026/11/24 01:54:18 starting", .. Wrapped.Crash("a", 1), "exit status 2"]), "a", 1);
        Assert.Equal((null, null), (log.Carrier, log.Stream));
        Assert.Equal(2, log.Reports[0].FirstLine);
    }

    [Fact]
    public void Every_line_end_of_a_mixed_log_counts()
    {
        IReadOnlyList<string> crash = Wrapped.Crash("a", 1);
        TracebackLog log = Wrapped.Single(Wrapped.Lines([Record("started"), "", .. crash.SelectMany(line => (string[])[Record("working"), line])]), "a", 1);
        Assert.Null(log.Carrier);
        Assert.Equal((4, 16), (log.Reports[0].FirstLine, log.Reports[0].LastLine));
        Assert.Equal([10L, 14L], log.Reports[0].Goroutines[0].Frames.Select(frame => frame.LogLine));
    }

    [Fact]
    public void Records_after_a_plain_start_are_read()
    {
        TracebackLog log = Wrapped.Single(Wrapped.Lines([.. Enumerable.Repeat("plain", 5000), .. Wrapped.Crash("a", 1).Select(Record)]), "a", 1);
        Assert.Equal("JSON records", log.Carrier);
        Assert.Equal(5001, log.Reports[0].FirstLine);
    }

    [Fact]
    public void Two_crashes_one_plain_one_carried_are_both_found_in_order()
    {
        IReadOnlyList<TracebackLog> logs = Wrapped.Lines([.. Wrapped.Crash("a", 1).Select(Record), .. Wrapped.Crash("b", 2)]);
        Assert.Equal(["JSON records", null], logs.Select(log => log.Carrier));
        Wrapped.Hold(Assert.Single(logs[0].Reports), "a", 1);
        Wrapped.Hold(Assert.Single(logs[1].Reports), "b", 2);
    }

    [Fact]
    public void A_line_with_only_part_of_the_prefixes_is_text_of_the_log()
    {
        IReadOnlyList<string> crash = Wrapped.Crash("a", 1);
        Wrapped.Single(Wrapped.Lines(crash.Select((line, index) => index % 2 == 0 ? "2026-11-24T01:54:18Z " + line : line)), "a", 1);
    }

    [Fact]
    public void Partial_lines_are_joined_within_their_stream()
    {
        string[] lines =
        [
            "2026-11-24T01:54:18.1Z stdout P working ",
            "2026-11-24T01:54:18.1Z stderr P pan",
            "2026-11-24T01:54:18.1Z stdout F hard",
            "2026-11-24T01:54:18.1Z stderr P ic:",
            "2026-11-24T01:54:18.1Z stderr F  a",
            "2026-11-24T01:54:18.1Z stderr F ",
            "2026-11-24T01:54:18.1Z stderr F",
            .. Wrapped.Crash("a", 1).Skip(2).Select(line => "2026-11-24T01:54:18.1Z stderr F " + line),
        ];
        TracebackLog log = Wrapped.Single(Wrapped.Lines(lines), "a", 1);
        Assert.Equal(("kubernetes CRI", "stderr", 2), (log.Carrier, log.Stream, log.Reports[0].FirstLine));
    }

    [Fact]
    public void Messages_of_a_journal_export_are_a_log()
    {
        string[] lines =
        [
            .. Wrapped.Crash("a", 1).SelectMany((line, index) => (string[])
            [
                $"__CURSOR=s=1;i={index}", "__REALTIME_TIMESTAMP=1763942058000000", "PRIORITY=6", $"MESSAGE={line}", "_SYSTEMD_UNIT=app.service", "",
            ]),
        ];
        TracebackLog log = Wrapped.Single(Wrapped.Lines(lines), "a", 1);
        Assert.Equal(("journald export", 4), (log.Carrier, log.Reports[0].FirstLine));
    }

    [Fact]
    public void Docker_pieces_of_16_kilobytes_are_one_line()
    {
        string start = "panic: " + new string('x', (16 * 1024) - 7);
        string[] lines =
        [
            Docker(start),
            Docker("y\n"),
            .. Wrapped.Crash("", 1).Skip(1).Select(line => Docker(line + "\n")),
        ];
        Assert.Equal(16 * 1024, start.Length);
        Wrapped.Single(Wrapped.Lines(lines), start["panic: ".Length..] + "y", 1);
    }

    [Fact]
    public void A_message_may_have_any_escape()
    {
        string json = """{"msg":"panic: \u003c\"\\\/\ud83d\ude00\ud83d \u00e9\u003e\n\ngoroutine 1 [running]:\nmain.work(0x1)\n\t/src/main.go:7 +0x1d\nmain.main()\n\t/src/main.go:3 +0x2\n"}""";
        Wrapped.Single(Wrapped.Logs(json), "<\"\\/\U0001F600\uFFFD é>", 1);
    }

    [Fact]
    public void Tests_of_two_packages_in_turns_stay_apart()
    {
        IEnumerable<string> Lines(string package, string message, int goroutine) =>
            string.Join('\n', [.. Wrapped.Crash(message, goroutine), ""]).Chunk(5)
                .Select(chunk => $$"""{"Action":"output","Package":"{{package}}","Test":"TestA","Output":{{JsonSerializer.Serialize(new string(chunk))}} }""");
        IReadOnlyList<TracebackLog> logs = Wrapped.Lines(["""{"Action":"start","Package":"x/a"}""", .. Lines("x/a", "a", 1).Zip(Lines("x/b", "b", 2), (a, b) => (string[])[a, b]).SelectMany(pair => pair)]);
        Assert.Equal(["x/a", "x/b"], logs.Select(log => log.Stream));
        Wrapped.Hold(Assert.Single(logs[0].Reports), "a", 1);
        Wrapped.Hold(Assert.Single(logs[1].Reports), "b", 2);
    }

    [Fact]
    public void What_a_test_logged_loses_its_indentation()
    {
        IReadOnlyList<string> crash = Wrapped.Crash("a", 1);
        TracebackLog log = Wrapped.Single(Wrapped.Lines(["--- FAIL: TestA (0.00s)", "    a_test.go:9: " + crash[0], "        ", .. crash.Skip(2).Select(line => "        " + line), "FAIL"]), "a", 1);
        Assert.Equal("indentation", log.Carrier);
    }

    [Fact]
    public void A_runtime_line_behind_a_time_is_no_syslog_line()
    {
        foreach (string time in (string[])["Nov 24 01:54:18 ", "<11>Nov 24 01:54:18 ", "2026-11-24T01:54:18+00:00 "])
        {
            TracebackLog log = Assert.Single(Wrapped.Lines([time + "fatal error: all goroutines are asleep - deadlock!", time, time + "goroutine 1 [chan receive]:", time + "main.main()", time + "\t/src/main.go:3 +0x2"]));
            Assert.Equal("all goroutines are asleep - deadlock!", Assert.Single(log.Reports).Headlines[0].Text);
        }
    }

    [Fact]
    public void Utf16_may_be_split_anywhere()
    {
        byte[] bytes = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(string.Join("\r\n", Wrapped.Crash("é\U0001F600", 1)) + "\r\n")];
        LogReader reader = new("-");
        foreach (byte value in bytes)
            reader.Write([value]);
        Assert.Equal("UTF-16", Wrapped.Single(reader.Complete(), "é\U0001F600", 1).Carrier);
    }

    [Fact]
    public void Bytes_that_only_begin_like_a_mark_are_kept()
    {
        Assert.Equal(1, Assert.Single(Wrapped.Logs([0xff])).ByteCount);
        Assert.Equal(3, Assert.Single(Wrapped.Logs([0xff, 0xff, 0x0a])).ByteCount);
    }

    [Fact]
    public void Two_containers_in_random_turns_give_both_reports()
    {
        Func<string, string, string>[] wraps =
        [
            (name, line) => $"{name}-1  | {line}",
            (name, line) => $"[pod/{name}/main] 2026-11-24T01:54:18Z {line}",
            (name, line) => $"<11>Nov 24 01:54:18 host {name}[12]: {line}",
            (name, line) => $$"""{"log":{{JsonSerializer.Serialize(line + "\n")}},"kubernetes":{"pod_name":"{{name}}"} }""",
            (name, line) => $$"""{"MESSAGE":{{JsonSerializer.Serialize(line)}},"_SYSTEMD_UNIT":"{{name}}.service"}""",
        ];
        for (int seed = 1; seed <= 40; seed++)
        {
            Random random = new(seed);
            Func<string, string, string> wrap = wraps[seed % wraps.Length];
            Queue<string>[] left = [new(Wrapped.Crash("a", 1)), new(Wrapped.Crash("b", 2))];
            List<string> lines = [];
            List<int> owners = [];
            while (left.Any(queue => queue.Count > 0))
            {
                int owner = random.Next(2);
                if (!left[owner].TryDequeue(out string? line))
                    continue;
                lines.Add(wrap(owner == 0 ? "web" : "db", line));
                owners.Add(owner);
            }

            IReadOnlyList<TracebackLog> logs = Wrapped.Lines(lines);
            Assert.Equal(2, logs.Count);
            foreach (TracebackLog log in logs)
            {
                int owner = log.Stream!.Contains("web", StringComparison.Ordinal) ? 0 : 1;
                Wrapped.Hold(Assert.Single(log.Reports), owner == 0 ? "a" : "b", owner + 1);
                Assert.Equal(owners.IndexOf(owner) + 1, log.Reports[0].FirstLine);
                Assert.Equal(owners.LastIndexOf(owner) + 1, log.Reports[0].LastLine);
                Assert.Equal(lines.Select((text, index) => (text, index)).Where(pair => owners[pair.index] == owner).ElementAt(3).index + 1, log.Reports[0].Goroutines[0].Frames[0].LogLine);
            }
        }
    }

    private static string Record(string line) => $$"""{"level":"info","msg":{{JsonSerializer.Serialize(line)}} }""";

    private static string Docker(string text) => $$"""{"log":{{JsonSerializer.Serialize(text)}},"stream":"stderr","time":"2026-11-24T01:54:18.1Z"}""";
}
