using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Recordings in the formats of other tools: what <c>go tool pprof</c> and the formats' rules say of them, and whether they count what faultline's own commands count.</summary>
public sealed partial class ExportTests
{
    [Fact]
    public async Task Operations_are_counted_as_the_list_of_events_counts_them()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        await place.Record("--mode", "trace", "--", place.Binary);
        using JsonDocument listed = JsonDocument.Parse((await FaultlineProgram.Run(place.Folder, "events", place.Recording, "--format", "json")).Output);
        List<JsonElement> events = [.. listed.RootElement.GetProperty("events").EnumerateArray()];
        long writes = events.LongCount(item => item.GetProperty("kind").GetString() == "map-write");
        long touched = events.LongCount(item => item.GetProperty("kind").GetString() == "map-write" && item.GetProperty("function").GetString() == "main.(*sessionStore).touch");
        Assert.True(touched > 100, $"{touched} writes");

        string profile = Path.Combine(place.Folder, "app.pb.gz");
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "pprof", "-o", profile);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string top = await PprofOf(place, "-top", "-nodefraction=0", "-tagfocus=operation=map-write", profile);
        Assert.Contains("Type: operations", top, StringComparison.Ordinal);
        Assert.Equal(touched, long.Parse(TouchLine().Match(top).Groups["flat"].Value, CultureInfo.InvariantCulture));
        string tags = await PprofOf(place, "-tags", profile);
        Assert.Contains($"{writes} (", tags, StringComparison.Ordinal);
        foreach (string goroutine in events.Where(item => item.TryGetProperty("goroutine", out _)).Select(item => item.GetProperty("goroutine").ToString()).Distinct())
            Assert.Matches($@"\): {goroutine}\s", tags + "\n");

        string folded = (await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "folded")).Output;
        Assert.Contains($"main.(*sessionStore).touch;[map-write] {touched}\n", folded, StringComparison.Ordinal);

        using JsonDocument speedscope = JsonDocument.Parse((await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "speedscope")).Output);
        JsonElement only = Assert.Single(speedscope.RootElement.GetProperty("profiles").EnumerateArray());
        int frames = speedscope.RootElement.GetProperty("shared").GetProperty("frames").GetArrayLength();
        Assert.Equal(only.GetProperty("samples").GetArrayLength(), only.GetProperty("weights").GetArrayLength());
        Assert.All(only.GetProperty("samples").EnumerateArray().SelectMany(stack => stack.EnumerateArray()), frame => Assert.InRange(frame.GetInt32(), 0, frames - 1));
        Assert.Equal(only.GetProperty("endValue").GetInt64(), only.GetProperty("weights").EnumerateArray().Sum(weight => weight.GetInt64()));

        FirefoxProfileReader firefox = await FirefoxOf(place, folded);
        Assert.Equal(only.GetProperty("endValue").GetInt64(), firefox.SampleCount);
        Assert.Equal(writes, firefox.Markers("operation").LongCount(marker => marker.Name == "map-write"));
        Assert.Equal(ObjectsOf(events), [.. firefox.Markers("operation").Where(marker => marker.Name == "map-write").Select(marker => marker.Data.GetProperty("object").GetString()!).Distinct().Order(StringComparer.Ordinal)]);

        // The mark of the death, on the track of the goroutine that died.
        List<JsonElement> track = await TraceEventsOf(place);
        JsonElement death = Assert.Single(track, item => item.TryGetProperty("s", out JsonElement scope) && scope.GetString() == "g");
        Assert.Equal("fatal", death.GetProperty("name").GetString());
        JsonElement fatal = events.Single(item => item.GetProperty("kind").GetString() == "fatal");
        if (fatal.TryGetProperty("goroutine", out JsonElement dying))
            Assert.Equal(dying.GetInt64(), death.GetProperty("tid").GetInt64());
        Assert.Equal(writes, track.LongCount(item => item.GetProperty("name").GetString() == "map-write"));
        var mark = Assert.Single(firefox.Markers("death"));
        Assert.Equal(("fatal", 1000 * mark.Start), (mark.Name, death.GetProperty("ts").GetDecimal()));
        if (fatal.TryGetProperty("goroutine", out dying))
            Assert.Equal($"goroutine {dying}", mark.Thread.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Tracks_of_threads_add_up_to_what_threads_says()
    {
        Tracing.Require();
        using Workplace place = new("threadload", "1.24");
        await place.Record("--mode", "sched", "--", place.Binary);
        List<JsonElement> events = await TraceEventsOf(place);
        using JsonDocument told = JsonDocument.Parse((await FaultlineProgram.Run(place.Folder, "threads", place.Recording, "--format", "json")).Output);
        ILookup<long, JsonElement> spans = events.Where(item => Phase(item) == "X" && item.GetProperty("name").GetString() is "running" or "runnable" or "futex" or "blocked").ToLookup(item => item.GetProperty("tid").GetInt64());
        foreach (JsonElement thread in told.RootElement.GetProperty("threads").EnumerateArray())
        {
            foreach (string state in (string[])["running", "runnable", "futex", "blocked"])
            {
                decimal expected = thread.GetProperty("nanoseconds").TryGetProperty(state, out JsonElement time) ? time.GetDecimal() : 0;
                Assert.Equal(expected, 1000 * spans[thread.GetProperty("thread").GetInt64()].Where(span => span.GetProperty("name").GetString() == state).Sum(span => span.GetProperty("dur").GetDecimal()));
            }
        }

        // Arrows begin and end on tracks that have a name; each begin has its end, not before it.
        Dictionary<long, JsonElement> starts = events.Where(item => Phase(item) == "s").ToDictionary(item => item.GetProperty("id").GetInt64());
        List<JsonElement> ends = [.. events.Where(item => Phase(item) == "f")];
        Assert.True(ends.Count > 0 && ends.Count == starts.Count);
        Assert.All(ends, end => Assert.True(end.GetProperty("ts").GetDecimal() >= starts[end.GetProperty("id").GetInt64()].GetProperty("ts").GetDecimal()));

        string stacks = (await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "folded")).Output;
        Assert.Contains("runtime.futex;[syscalls:sys_enter_futex] ", stacks, StringComparison.Ordinal);
        await FirefoxOf(place, stacks);
    }

    /// <summary>The recording for the Firefox Profiler; its stacks must be those of the folded ones.</summary>
    private static async Task<FirefoxProfileReader> FirefoxOf(Workplace place, string folded)
    {
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "firefox");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        FirefoxProfileReader firefox = new(outcome.Output);
        Assert.Equal([.. folded.Split('\n', StringSplitOptions.RemoveEmptyEntries)], firefox.FoldedStacks());
        Assert.Contains(firefox.Threads, thread => thread.GetProperty("name").GetString()!.StartsWith("goroutine ", StringComparison.Ordinal));
        return firefox;
    }

    /// <summary>The maps that were written, in order.</summary>
    private static List<string> ObjectsOf(List<JsonElement> events) =>
        [.. events.Where(item => item.GetProperty("kind").GetString() == "map-write").Select(item => item.GetProperty("object").GetString()!).Distinct().Order(StringComparer.Ordinal)];

    private static async Task<List<JsonElement>> TraceEventsOf(Workplace place)
    {
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "export", place.Recording, "--as", "perfetto");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        List<JsonElement> events = [.. JsonDocument.Parse(outcome.Output).RootElement.GetProperty("traceEvents").EnumerateArray()];
        HashSet<(long, long)> named = [.. events.Where(item => Phase(item) == "M" && item.GetProperty("name").GetString() == "thread_name").Select(TrackOf)];
        foreach (JsonElement item in events.Where(item => Phase(item) != "M"))
        {
            Assert.Contains(TrackOf(item), named);
            Assert.True(item.GetProperty("ts").GetDecimal() >= 0);
            Assert.True(Phase(item) != "X" || item.GetProperty("dur").GetDecimal() >= 0);
        }

        return events;
    }

    private static string Phase(JsonElement item) => item.GetProperty("ph").GetString()!;

    private static (long, long) TrackOf(JsonElement item) => (item.GetProperty("pid").GetInt64(), item.GetProperty("tid").GetInt64());

    private static async Task<string> PprofOf(Workplace place, params string[] arguments)
    {
        Toolchain toolchain = Toolchain.Newest!;
        ProcessStartInfo start = new(toolchain.Command, ["tool", "pprof", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = place.Folder };
        toolchain.Configure(start.Environment);
        using Process pprof = Process.Start(start)!;
        Task<string> errors = pprof.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await pprof.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await pprof.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(pprof.ExitCode == 0, await errors);
        return output;
    }

    [GeneratedRegex(@"^ *(?<flat>[0-9]+) .* main\.\(\*sessionStore\)\.touch$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TouchLine();
}
