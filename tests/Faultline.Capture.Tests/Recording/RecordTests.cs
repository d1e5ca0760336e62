using System.Globalization;
using System.Text.Json;
using Faultline.Capture.Bundles;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Records real crashes through the command line.</summary>
public sealed class RecordTests
{
    public static TheoryData<string> Toolchains => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Toolchains))]
    public async Task The_fatal_is_recorded_on_the_goroutine_that_the_log_blames(string go)
    {
        Tracing.Require();
        using Workplace place = new("maphot", go);
        Outcome outcome = await place.Record("--", place.Binary);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("the program ended with exit code 2", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Tracing.ProbesOn(place.Binary));
        using Bundle bundle = Bundle.Open(place.Recording);
        string log = File.ReadAllText(bundle.LogPath!);
        Assert.Contains(log, outcome.Error, StringComparison.Ordinal);
        ulong blamed = ulong.Parse(log.Split('\n').First(line => line.StartsWith("goroutine ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        List<ProbeEvent> events = Read(bundle);
        ProbeEvent fatal = Assert.Single(events, probe => probe.Kind == ProbeKind.Fatal);
        Assert.Equal(blamed, fatal.Goroutine);

        // Its last map operation is the one that died. The goroutine can have changed threads in it.
        ProbeEvent last = events.Last(probe => probe.Time < fatal.Time && probe.Goroutine == blamed && probe.Kind is >= ProbeKind.MapRead and <= ProbeKind.MapClone);
        Assert.DoesNotContain(events, probe => probe.Time > last.Time && probe.Time < fatal.Time && probe.Goroutine == blamed && probe.Kind == ProbeKind.Exit);
    }

    [Fact]
    public async Task The_manifest_tells_how_it_was_recorded()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.25", BuildMode.Pie);
        Outcome outcome = await place.Record("--probe", "sync", "--", place.Binary);
        Assert.Equal(0, outcome.ExitCode);
        using Bundle bundle = Bundle.Open(place.Recording);
        BundleManifest manifest = bundle.Manifest!;

        Assert.Empty(bundle.Diagnostics);
        Assert.Equal(("trace", 2), (manifest.Mode, manifest.ExitCode));
        Assert.Equal([place.Binary], manifest.Command);
        Assert.Equal((place.Binary, BundleNames.Symbols), (manifest.Program.Path, manifest.Program.File));
        Assert.True(manifest.Coverage.WritesComplete);
        Assert.Null(manifest.Coverage.MapType);
        Assert.Empty(manifest.Problems);
        Assert.NotNull(bundle.LoadBias);
        Assert.InRange(manifest.End - manifest.Start, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        List<ProbeEvent> events = Read(bundle);
        HashSet<ulong> probed = [.. bundle.Probes.Select(probe => probe.Address)];
        Assert.All(events, probe => Assert.Contains(probe.ProbeAddress - bundle.LoadBias.Value, probed));
        Assert.All(events, probe => Assert.InRange(probe.Time, manifest.Clock.StartNanoseconds, manifest.Clock.StartNanoseconds + 300_000_000_000));
        Assert.Contains(manifest.Formats, format => format.Text.Contains("field:u64 goid;", StringComparison.Ordinal));
        using JsonDocument machine = JsonDocument.Parse(File.ReadAllText(Path.Combine(place.Recording, BundleNames.Machine)));
        Assert.Equal(Environment.ProcessorCount, machine.RootElement.GetProperty("processorCount").GetInt32());
    }

    [Fact]
    public async Task An_archive_holds_all_and_nothing_else_is_left()
    {
        Tracing.Require();
        using Workplace place = new("mapww", "1.27");
        string archive = place.Recording + ".tar.zst";
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "record", "-o", archive, "--with-binary", "--", place.Binary);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal([archive, place.Binary], Directory.GetFileSystemEntries(place.Folder).Order(StringComparer.Ordinal).Reverse());
        using Bundle bundle = Bundle.Open(archive);
        Assert.Equal(File.ReadAllBytes(place.Binary), File.ReadAllBytes(bundle.BinaryPath!));
        Assert.Contains(Read(bundle), probe => probe.Kind == ProbeKind.Fatal);
    }

    [Fact]
    public async Task A_report_of_a_first_crash_narrows_the_second_recording()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.24");
        using SampleRun run = SampleRun.Run(SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.TryFind("1.24")!));
        Outcome report = await FaultlineProgram.Run(place.Folder, "diagnose", run.LogPath, place.Binary, "--format", "json", "-o", "report.json");
        Assert.Equal(0, report.ExitCode);
        Outcome outcome = await place.Record("--suspects", "report.json", "--", place.Binary);
        Assert.Equal(0, outcome.ExitCode);
        using Bundle bundle = Bundle.Open(place.Recording);

        Assert.Equal(("targeted", "map[uint64]*main.session"), (bundle.Manifest!.Mode, bundle.Manifest.Coverage.MapType));
        Assert.True(bundle.Manifest.Coverage.WritesComplete);
        List<ProbeEvent> events = Read(bundle);
        ProbeEvent fatal = Assert.Single(events, probe => probe.Kind == ProbeKind.Fatal);
        ProbeEvent read = events.Last(probe => probe.Kind == ProbeKind.MapRead && probe.Goroutine == fatal.Goroutine);
        Assert.Contains(events, probe => probe.Kind == ProbeKind.MapWrite && probe.ObjectAddress == read.ObjectAddress && probe.Goroutine != fatal.Goroutine);
        Assert.All(events.Where(probe => probe.Kind == ProbeKind.MapWrite), probe => Assert.Equal(0UL, probe.ReturnAddress));
        Assert.Contains(events, probe => probe.Kind == ProbeKind.Done);
    }

    [Fact]
    public async Task The_streams_are_the_programs_own()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        Outcome outcome = await FaultlineProgram.Finish(
            FaultlineProgram.Start(place.Folder, "record", "-o", place.Recording, "--binary", place.Binary, "--", "sh", "-c", "cat; echo problem >&2; echo $GOTRACEBACK $GODEBUG; exit 7"), "from outside\n");
        Assert.Equal("from outside\nall scheddetail=1\n", outcome.Output);
        Assert.Contains("problem\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the program ended with exit code 7", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("problem\n", File.ReadAllText(Path.Combine(place.Recording, BundleNames.Log)));
    }

    [Fact]
    public async Task A_printed_plan_works_by_hand()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.26");
        Outcome plan = await FaultlineProgram.Run(place.Folder, "record", "--dry-run", "--", place.Binary);
        Assert.Equal(0, plan.ExitCode);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "plan.sh"), plan.Output, TestContext.Current.CancellationToken);
        await FaultlineProgram.Finish(FaultlineProgram.StartTool(place.Folder, "sh", "-x", "plan.sh"), "");

        Assert.Empty(Tracing.ProbesOn(place.Binary));
        using PerfRecording recording = PerfRecording.Open(Path.Combine(place.Folder, "perf.data"));
        Assert.Contains(recording.EnumerateProbeEvents(), probe => probe.Kind == ProbeKind.Fatal);
        Assert.Contains("fatal error: ", File.ReadAllText(Path.Combine(place.Folder, "crash.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample", "cpu-clock")]
    [InlineData("sched", "sched:sched_wakeup")]
    public async Task Modes_without_probes_record_the_kernels_events(string mode, string expected)
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        Outcome outcome = await place.Record("--mode", mode, "--", place.Binary);
        Assert.Equal(0, outcome.ExitCode);
        using PerfRecording recording = PerfRecording.Open(Path.Combine(place.Recording, "perf.data"));
        Assert.Contains(recording.Events, known => known.Name.Contains(expected, StringComparison.Ordinal) || known.Name.Contains("instructions", StringComparison.Ordinal));
        Assert.Contains(recording.Events, known => known.Name == "sched:sched_switch");
        Assert.All(recording.Events, known => Assert.NotEqual(0UL, known.Attribute.UserRegisterMask));
        using PerfRecordReader reader = recording.OpenReader();
        int samples = 0;
        while (reader.TryRead(out PerfRecord record))
            samples += record.TryReadSample(out PerfSample sample) && sample.UserStack.Length > 0 ? 1 : 0;
        Assert.True(samples > 0);
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public async Task Channel_events_name_the_programs_own_lines(string go)
    {
        Tracing.Require();
        using Workplace place = new("chansend", go);
        Outcome outcome = await place.Record("--mode", "sched", "--probe", "chan", "--", place.Binary);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Outcome events = await FaultlineProgram.Run(place.Folder, "events", place.Recording, "--format", "json");
        using JsonDocument document = JsonDocument.Parse(events.Output);
        HashSet<string> seen = [.. document.RootElement.GetProperty("events").EnumerateArray().Select(each => $"{each.GetProperty("kind").GetString()} {each.GetProperty("function").GetString()}")];
        foreach ((string operation, string label) in new[] { ("chan-send", "fault:send"), ("chan-close", "cause:close") })
        {
            SourceMarker marker = SampleProgram.Find("chansend").TryFindMarker(label)!;
            Assert.Contains(seen, each => each.StartsWith($"{operation} main.", StringComparison.Ordinal));
            Assert.Contains(document.RootElement.GetProperty("events").EnumerateArray(), each => each.GetProperty("kind").GetString() == operation && each.GetProperty("line").ValueKind == JsonValueKind.Number && each.GetProperty("line").GetInt32() == marker.Line);
        }
    }

    [Theory]
    [InlineData("chansend", "1.19")]
    [InlineData("chansend", "1.23")]
    [InlineData("chansend", "1.27")]
    [InlineData("chanclose", "1.19")]
    [InlineData("chanclose", "1.25")]
    public async Task Who_closed_a_channel_is_recorded(string sample, string go)
    {
        Tracing.Require();
        using Workplace place = new(sample, go);
        Outcome outcome = await place.Record("--probe", "chan", "--format", "json", "--", place.Binary);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using JsonDocument report = JsonDocument.Parse(outcome.Output[outcome.Output.IndexOf('{', StringComparison.Ordinal)..]);
        JsonElement incident = report.RootElement.GetProperty("incidents")[0];
        JsonElement closer = Assert.Single(incident.GetProperty("rivals").EnumerateArray().ToList());
        Assert.Equal("confirmed recorded-close chan-close", $"{closer.GetProperty("confidence").GetString()} {closer.GetProperty("rule").GetString()} {closer.GetProperty("operation").GetString()}");
        Assert.Equal(SampleProgram.Find(sample).TryFindMarker("cause:close")!.Line, closer.GetProperty("line").GetInt32());
        Assert.NotEqual(incident.GetProperty("victim").GetProperty("goroutine").GetInt64(), closer.GetProperty("goroutine").GetInt64());
        Assert.Matches("^0x[0-9a-f]+$", incident.GetProperty("object").GetProperty("address").GetString());

        // Without the binary no line of the recording can be held against the log's: it may be of another run.
        Outcome unplaced = await FaultlineProgram.Run(place.Folder, "diagnose", Path.Combine(place.Recording, "crash.log"), Path.Combine(place.Recording, "perf.data"), "--format", "json");
        Assert.True(unplaced.ExitCode == 0, unplaced.Error);
        using JsonDocument bare = JsonDocument.Parse(unplaced.Output);
        Assert.DoesNotContain(bare.RootElement.GetProperty("incidents")[0].GetProperty("rivals").EnumerateArray(), rival => rival.GetProperty("confidence").GetString() == "confirmed");
    }

    /// <summary>Two partners hand a ball over two channels until one drops it; the log prints no channel, the recording knows both and who used them.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public async Task Channels_of_a_deadlock_are_recorded_and_close_its_circle(string go)
    {
        Tracing.Require();
        using Workplace place = new("pingpong", go);
        Outcome outcome = await place.Record("--probe", "chan", "--", place.Binary);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Outcome shown = await FaultlineProgram.Run(place.Folder, "graph", place.Recording, "--format", "json");
        Assert.True(shown.ExitCode == 0, shown.Error);
        using JsonDocument document = JsonDocument.Parse(shown.Output);
        JsonElement graph = document.RootElement.GetProperty("waitGraph");
        JsonElement cycle = Assert.Single(graph.GetProperty("cycles").EnumerateArray().ToList());
        Assert.Equal(("chan in a circle", "possible", 2), (cycle.GetProperty("pattern").GetString(), cycle.GetProperty("confidence").GetString(), cycle.GetProperty("goroutines").GetArrayLength()));
        long[] circling = [.. cycle.GetProperty("goroutines").EnumerateArray().Select(id => id.GetInt64())];
        string[] functions = [.. graph.GetProperty("nodes").EnumerateArray().Where(node => node.GetProperty("goroutine").ValueKind == JsonValueKind.Number && circling.Contains(node.GetProperty("goroutine").GetInt64())).Select(node => node.GetProperty("function").GetString()!).Order(StringComparer.Ordinal)];
        Assert.Equal(["main.(*court).ping", "main.(*court).pong"], functions);
        // The log alone knows that they are stuck, and not whom they wait for.
        Outcome bare = await FaultlineProgram.Run(place.Folder, "graph", Path.Combine(place.Recording, "crash.log"), place.Binary);
        Assert.DoesNotContain("Circle", bare.Output, StringComparison.Ordinal);
        Assert.Contains("Stuck (3)", bare.Output, StringComparison.Ordinal);

        // The log of a run in which the partners had each other's numbers: the recording is not of that run.
        string log = File.ReadAllText(Path.Combine(place.Recording, "crash.log"));
        string other = Path.Combine(place.Folder, "other.log");
        File.WriteAllText(other, log.Replace($"goroutine {circling[0]} [", "goroutine @ [", StringComparison.Ordinal).Replace($"goroutine {circling[1]} [", $"goroutine {circling[0]} [", StringComparison.Ordinal).Replace("goroutine @ [", $"goroutine {circling[1]} [", StringComparison.Ordinal));
        Outcome unfit = await FaultlineProgram.Run(place.Folder, "graph", other, Path.Combine(place.Recording, "perf.data"), place.Binary, "--format", "json");
        Assert.True(unfit.ExitCode == 0, unfit.Error);
        using JsonDocument strange = JsonDocument.Parse(unfit.Output);
        Assert.Empty(strange.RootElement.GetProperty("waitGraph").GetProperty("cycles").EnumerateArray());
    }

    [Fact]
    public async Task Sampled_stacks_tell_which_lines_work_on_the_map()
    {
        Tracing.Require();
        List<string> lines = [];
        for (int attempt = 0; attempt < 4 && !lines.Contains("map-write main.(*sessionStore).touch"); attempt++)
        {
            using Workplace place = new("maphot", "1.27");
            Outcome outcome = await place.Record("--mode", "sample", "--format", "json", "--", place.Binary);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            using JsonDocument report = JsonDocument.Parse(outcome.Output);
            JsonElement incident = report.RootElement.GetProperty("incidents")[0];
            Assert.NotEqual("confirmed", incident.GetProperty("confidence").GetString());
            foreach (JsonElement line in incident.GetProperty("sampled").EnumerateArray())
                lines.Add($"{line.GetProperty("operation").GetString()} {line.GetProperty("function").GetString()}");
        }

        Assert.Contains("map-write main.(*sessionStore).touch", lines);
        Assert.All(lines, line => Assert.Contains("main.(*sessionStore).", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_faults_time_is_told_by_the_wall_clock()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.26");
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Outcome outcome = await place.Record("--format", "json", "--", place.Binary);
        DateTimeOffset after = DateTimeOffset.UtcNow;
        using JsonDocument report = JsonDocument.Parse(outcome.Output);
        Assert.InRange(report.RootElement.GetProperty("incidents")[0].GetProperty("recordings")[0].GetProperty("faultTime").GetDateTimeOffset(), before, after);
    }

    [Fact]
    public async Task A_variables_map_is_watched_for_writes_where_the_machine_can()
    {
        Tracing.Require();
        HashSet<int> writers = [];
        if (!CanWatch())
        {
            using Workplace place = new("mapww", "1.25");
            Outcome refused = await place.Record("--mode", "watch", "--map", VariableOf("mapww"), "--", place.Binary);
            Assert.Equal(69, refused.ExitCode);
            Assert.Contains("never reports a write", refused.Error, StringComparison.Ordinal);
            Assert.Contains("mend: faultline record --mode targeted", refused.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(place.Recording));
            return;
        }

        // On a machine with far more work than processors a run can be over before it is held.
        for (int attempt = 0; attempt < 6 && writers.Count == 0; attempt++)
        {
            using Workplace held = new("mapww", "1.25");
            Outcome outcome = await held.Record("--mode", "watch", "--map", VariableOf("mapww"), "--", held.Binary);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            if (outcome.Error.Contains("no write was watched", StringComparison.Ordinal))
                continue;
            using PerfRecording recording = PerfRecording.Open(Path.Combine(held.Recording, "perf.data"));
            Assert.Contains(recording.Events, known => known.Name.StartsWith("mem:0x", StringComparison.Ordinal));
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out PerfRecord record))
            {
                if (record.TryReadSample(out PerfSample sample) && record.Event!.Name.StartsWith("mem:", StringComparison.Ordinal))
                    writers.Add(sample.ThreadId);
            }
        }

        Assert.NotEmpty(writers);
    }

    /// <summary>Asks perf itself, with a program that writes to a byte that its symbols name.</summary>
    private static bool CanWatch()
    {
        using Workplace place = new("mapww", "1.25");
        string source = Path.Combine(place.Folder, "writes.c"), program = Path.Combine(place.Folder, "writes");
        File.WriteAllText(source, "volatile char mark; int main(void) { for (int i = 0; i < 100; i++) mark ^= 1; return 0; }");
        Tool("gcc", "-O1", "-no-pie", "-o", program, source);
        string address = Tool("nm", program).Split('\n').First(line => line.EndsWith(" mark", StringComparison.Ordinal)).Split(' ')[0].TrimStart('0');
        return Tool("perf", "stat", "-x", ",", "-e", $"mem:0x{address}/1:w:u", program).StartsWith("100,", StringComparison.Ordinal);

        static string Tool(string name, params string[] arguments)
        {
            System.Diagnostics.ProcessStartInfo start = new(name, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, text);
            return text;
        }
    }

    internal static List<ProbeEvent> Read(Bundle bundle)
    {
        using PerfRecording recording = PerfRecording.Open(bundle.PerfDataPath!);
        return [.. recording.EnumerateProbeEvents()];
    }

    // The package-level variable that the sample's races are about.
    private static string VariableOf(string sample) =>
        "main." + SampleProgram.Find(sample).Sources.SelectMany(File.ReadLines).First(line => line.Contains("= make(map[", StringComparison.Ordinal)).Trim().Split(' ', '\t')[0];
}
