using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Slice headers recorded at the accesses of races, from real programs that say themselves where their slices lie.</summary>
public sealed class RaceRecordTests
{
    // By each of both sides' slices; of appends, copies and conversions the detector is told of ranges.
    private static readonly string[] s_basic = ["appendgrow", "channelslice", "copyrange", "generic", "overlap", "overlapnested"];
    private static readonly string[] s_more = ["appendwithin", "copy", "element", "elementbytes", "elementstruct", "overlaparray", "overlapcapped", "range", "stringofbytes", "unsafe"];

    private const string BusyProgram = """
        package main

        import (
        	"os"
        	"time"
        )

        var data = make([]int, 10)

        func main() {
        	left, right := data[3:6], data[4:7]
        	go func() {
        		for i := range 2000 {
        			left[1] = i
        		}
        	}()
        	time.Sleep(100 * time.Millisecond)
        	right[0] = 1
        	os.Exit(66)
        }
        """;

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string kind in s_basic)
            {
                rows.Add("1.19", kind);
                rows.Add("1.23", kind);
            }

            foreach (string kind in s_basic.Concat(s_more))
                rows.Add("1.27", kind);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Both_slices_and_their_indexes_are_those_of_the_program(string go, string kind)
    {
        Tracing.Require();
        using Workplace place = new("races", go, BuildMode.Race);
        using JsonDocument report = await Record(place, kind);
        JsonElement race = report.RootElement.GetProperty("races")[0];
        JsonElement array = race.GetProperty("array");
        List<Truth> truth = Truths(place);
        Assert.Equal(truth.Min(slice => slice.Pointer), Number(array.GetProperty("start")));
        List<JsonElement> used = [.. array.GetProperty("slices").EnumerateArray().Where(slice => slice.GetProperty("usedBy").GetArrayLength() > 0)];
        Assert.Equal([0, 1], used.SelectMany(slice => slice.GetProperty("usedBy").EnumerateArray()).Select(side => side.GetInt32()).Order());
        foreach (JsonElement slice in used)
        {
            Truth expected = truth.Find(known => known.Name == slice.GetProperty("name").GetString())!;
            Assert.Equal((expected.Pointer, expected.Index, expected.Size), (Number(slice.GetProperty("pointer")), slice.GetProperty("index").GetInt64(), slice.GetProperty("elementSize").GetInt64()));
            // What is not kept is not claimed.
            long length = slice.GetProperty("length").GetInt64();
            if (slice.GetProperty("capacityKnown").GetBoolean())
                Assert.Equal((expected.Length, expected.Capacity), (length, slice.GetProperty("capacity").GetInt64()));
            else if (slice.GetProperty("lengthKnown").GetBoolean())
                Assert.True(length == expected.Length || length == expected.Capacity, $"{length}: {expected}");
            else
                Assert.Equal(expected.Index + 1, length);
            Assert.Contains("perf.data: at main.", slice.GetProperty("origin").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Headers_of_another_run_are_not_used()
    {
        Tracing.Require();
        using Workplace place = new("races", "1.27", BuildMode.Race);
        (await Record(place, "overlap")).Dispose();
        Outcome own = await FaultlineProgram.Run(place.Folder, "race", place.Recording, "--format", "json");
        Assert.NotEqual(JsonValueKind.Null, Array(own));

        // The same report, in a log that nothing ties to the recording; then one that is tied to another process.
        string log = Path.Combine(place.Folder, "copy.log");
        File.Move(Path.Combine(place.Recording, "crash.log"), log);
        Outcome foreign = await FaultlineProgram.Run(place.Folder, "race", place.Recording, log, "--format", "json");
        Assert.Equal(JsonValueKind.Null, Array(foreign));
        Assert.Contains("nothing shows that it is of the run", foreign.Output, StringComparison.Ordinal);
        File.Move(log, log = Path.Combine(place.Folder, "race.1"));
        Outcome other = await FaultlineProgram.Run(place.Folder, "race", place.Recording, log, "--format", "json");
        Assert.Equal(JsonValueKind.Null, Array(other));
        Assert.Contains("the log is that of process 1", other.Output, StringComparison.Ordinal);

        // By the id of the recorded process it is of that run.
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(place.Recording, "manifest.json")));
        File.Move(log, log = Path.Combine(place.Folder, string.Create(CultureInfo.InvariantCulture, $"race.{manifest.RootElement.GetProperty("processId").GetInt32()}")));
        Outcome named = await FaultlineProgram.Run(place.Folder, "race", place.Recording, log, "--format", "json");
        Assert.NotEqual(JsonValueKind.Null, Array(named));
    }

    /// <summary>The first goroutine hits its probe more often than the smallest ring holds.</summary>
    [Fact]
    public async Task A_ring_that_came_round_is_told()
    {
        Tracing.Require();
        using Workplace place = new("races", "1.27", BuildMode.Race);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "busy.go"), BusyProgram, TestContext.Current.CancellationToken);
        using (Process build = new())
        {
            build.StartInfo = new ProcessStartInfo(Toolchain.TryFind("1.27")!.Command, ["build", "-race", "-o", place.Binary, "busy.go"]) { WorkingDirectory = place.Folder };
            Toolchain.TryFind("1.27")!.Configure(build.StartInfo.Environment, cgo: true);
            build.Start();
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, build.ExitCode);
        }

        Assert.DoesNotContain("not whole", await Because("256M"), StringComparison.Ordinal);
        Assert.DoesNotContain("not whole", await Because("0"), StringComparison.Ordinal);
        Assert.EndsWith("The recording is not whole (its ring kept the newest hits only): other slices may have been there as well", await Because("64K"), StringComparison.Ordinal);

        async Task<string> Because(string ring)
        {
            if (Directory.Exists(place.Recording))
                Directory.Delete(place.Recording, recursive: true);
            using JsonDocument report = await Record(place, "busy", "--ring", ring);
            return report.RootElement.GetProperty("races")[0].GetProperty("memory").GetProperty("because").GetString()!;
        }
    }

    [Fact]
    public async Task What_cannot_be_probed_is_said()
    {
        Tracing.Require();
        using Workplace place = new("races", "1.27", BuildMode.Race);
        Outcome bare = await FaultlineProgram.Run(place.Folder, "record", "--mode", "slice", "--", place.Binary);
        Assert.Equal((64, true), (bare.ExitCode, bare.Error.Contains("--race LOG", StringComparison.Ordinal)));
        string log = Path.Combine(place.Folder, "race.log");
        File.WriteAllText(log, "no race\n");
        Outcome empty = await FaultlineProgram.Run(place.Folder, "record", "--race", log, "--", place.Binary);
        Assert.Equal((65, true), (empty.ExitCode, empty.Error.Contains("no report of the race detector", StringComparison.Ordinal)));

        // The lines of another build.
        await RunAlone(place, "overlap", log);
        File.WriteAllText(log, File.ReadAllText(log).Replace("kinds.go:1", "kinds.go:9", StringComparison.Ordinal));
        Outcome moved = await FaultlineProgram.Run(place.Folder, "record", "--race", log, "--dry-run", "--", place.Binary);
        Assert.Equal(0, moved.ExitCode);
        Assert.Contains("it is another build", moved.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbled_recordings_give_an_answer_or_a_diagnostic()
    {
        Tracing.Require();
        using Workplace place = new("races", "1.27", BuildMode.Race);
        (await Record(place, "overlap")).Dispose();
        string data = Path.Combine(place.Recording, "perf.data");
        string manifest = Path.Combine(place.Recording, "manifest.json");
        byte[] whole = File.ReadAllBytes(data);
        string text = File.ReadAllText(manifest);
        Random random = new(7);
        for (int round = 0; round < 16; round++)
        {
            byte[] bad = whole[..(round % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (int flip = 0; flip < 30 * (round % 4); flip++)
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(data, bad);
            File.WriteAllText(manifest, round % 4 == 3 ? Garble(text, random) : text);
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "race", place.Recording, "--format", "json");
            Assert.True(outcome.ExitCode is 0 or 65, $"round {round}: {outcome.ExitCode} {outcome.Error}");
            if (outcome.ExitCode == 0)
                Assert.Equal("0x", JsonNode.Parse(outcome.Output)!["races"]![0]!["accesses"]![0]!["address"]!.GetValue<string>()[..2]);
        }
    }

    private static string Garble(string text, Random random)
    {
        JsonNode manifest = JsonNode.Parse(text)!;
        foreach (JsonNode? probe in manifest["probes"]!.AsArray())
        {
            probe!["place"] = random.Next(2) == 0 ? "kinds.go" : ":99999999999";
            probe["slices"]![0]!["elementSize"] = random.Next(2) == 0 ? -8 : long.MaxValue;
        }

        return manifest.ToJsonString();
    }

    private static async Task<JsonDocument> Record(Workplace place, string kind, params string[] options)
    {
        string log = Path.Combine(place.Folder, "race.log");
        await RunAlone(place, kind, log);
        Outcome recorded = await place.Record([.. options, "--race", log, "--format", "json", "--", place.Binary, Path.Combine(place.Folder, "truth"), kind]);
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        Assert.True(recorded.Output.Length > 0, recorded.Error);
        return JsonDocument.Parse(recorded.Output);
    }

    private static async Task RunAlone(Workplace place, string kind, string log)
    {
        using var program = FaultlineProgram.StartTool(place.Folder, place.Binary, Path.Combine(place.Folder, "truth"), kind);
        Task<string> output = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(log, await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await output;
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(66, program.ExitCode);
    }

    private static JsonValueKind Array(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using JsonDocument report = JsonDocument.Parse(outcome.Output);
        return report.RootElement.GetProperty("races")[0].TryGetProperty("array", out JsonElement array) ? array.ValueKind : JsonValueKind.Null;
    }

    private static List<Truth> Truths(Workplace place)
    {
        using JsonDocument said = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(place.Folder, "truth")));
        return
        [
            .. said.RootElement.GetProperty("Slices").EnumerateArray().Select(slice => new Truth(
                slice.GetProperty("Name").GetString()!, slice.GetProperty("Pointer").GetUInt64(), slice.GetProperty("Length").GetInt64(), slice.GetProperty("Capacity").GetInt64(), slice.GetProperty("Size").GetInt64(), slice.GetProperty("Index").GetInt64())),
        ];
    }

    private static ulong Number(JsonElement address) => ulong.Parse(address.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Truth(string Name, ulong Pointer, long Length, long Capacity, long Size, long Index);
}
