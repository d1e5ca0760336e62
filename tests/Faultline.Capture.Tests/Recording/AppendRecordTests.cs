using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Arrays that an append left and another goroutine still wrote to, recorded from real programs.</summary>
public sealed class AppendRecordTests
{
    private static readonly string[] s_pairs = ["captured", "field", "global", "unsafe"];

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.24")]
    [InlineData("1.27")]
    public async Task Writes_to_arrays_that_were_left_are_confirmed_and_the_locked_twin_is_not_accused(string go)
    {
        Tracing.Require();
        using Workplace place = new("appendwindow", go);
        // All events: of the newest ones alone it is not known whether a processor's first was the first.
        Outcome recorded = await place.Record("--mode", "append", "--ring", "0", "--", place.Binary);
        Assert.Equal(0, recorded.ExitCode);
        using JsonDocument report = await Report(place);
        JsonElement seen = report.RootElement.GetProperty("recorded");

        Assert.InRange(seen.GetProperty("growthCount").GetInt64(), 5, 100);
        Assert.InRange(seen.GetProperty("accessCount").GetInt64(), 104, 1000);
        Assert.Equal(0, seen.GetProperty("unknownGoroutines").GetInt64());
        Assert.Equal(Lines(s_pairs), Pairs(seen));
        Assert.All(seen.GetProperty("uses").EnumerateArray(), use =>
        {
            Assert.Equal("confirmed", use.GetProperty("confidence").GetString());
            Assert.True(use.GetProperty("isWrite").GetBoolean());
            Assert.Equal(1, use.GetProperty("append").GetProperty("goroutine").GetInt64());
            Assert.NotEqual(1, use.GetProperty("access").GetProperty("goroutine").GetInt64());
        });
    }

    [Fact]
    public async Task After_a_collection_it_is_possible_only()
    {
        Tracing.Require();
        using Workplace place = new("appendwindow", "1.27");
        await place.Record("--mode", "append", "--", place.Binary, "gc", "field", "unsafe");
        using JsonDocument report = await Report(place);
        JsonElement seen = report.RootElement.GetProperty("recorded");

        Assert.Equal(Lines(["field", "unsafe"]), Pairs(seen));
        Assert.All(seen.GetProperty("uses").EnumerateArray(), use =>
        {
            Assert.Equal("possible", use.GetProperty("confidence").GetString());
            Assert.Contains("collection", use.GetProperty("doubt").GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_cut_or_foreign_recording_gets_a_clear_answer()
    {
        Tracing.Require();
        using Workplace place = new("appendwindow", "1.26");
        await place.Record("--mode", "append", "--ring", "0", "--", place.Binary);
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(place.Recording, "perf.data"), TestContext.Current.CancellationToken);
        string cut = Path.Combine(place.Folder, "cut.data");
        for (int part = 0; part < 8; part++)
        {
            await File.WriteAllBytesAsync(cut, whole.AsMemory(0, whole.Length * part / 8), TestContext.Current.CancellationToken);
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "appends", place.Binary, "--recording", cut);
            Assert.True(outcome.ExitCode is 0 or 65 && outcome.Output.Length + outcome.Error.Length > 0, outcome.Error);
            Assert.DoesNotContain("internal error", outcome.Error, StringComparison.Ordinal);
        }

        Random random = new(11);
        for (int round = 1; round <= 12; round++)
        {
            byte[] bad = [.. whole];
            for (int flip = 0; flip < 5 * round; flip++)
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(cut, bad, TestContext.Current.CancellationToken);
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "appends", place.Binary, "--recording", cut, "--format", "json");
            Assert.True(outcome.ExitCode is 0 or 65, $"round {round}: {outcome.ExitCode} {outcome.Error}");
            if (outcome.ExitCode == 0)
                JsonDocument.Parse(outcome.Output).Dispose();
        }

        await File.WriteAllTextAsync(cut, "no recording\n", TestContext.Current.CancellationToken);
        Outcome foreign = await FaultlineProgram.Run(place.Folder, "appends", place.Binary, "--recording", cut);
        Assert.Equal(65, foreign.ExitCode);
        Assert.Contains("faultline record --mode append", foreign.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> Report(Workplace place)
    {
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "appends", place.Binary, "--recording", place.Recording, "--format", "json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonDocument.Parse(outcome.Output);
    }

    private static IEnumerable<(int, int)> Pairs(JsonElement seen) => seen.GetProperty("uses").EnumerateArray()
        .Select(use => (use.GetProperty("append").GetProperty("line").GetInt32(), use.GetProperty("access").GetProperty("line").GetInt32())).Order();

    private static IEnumerable<(int, int)> Lines(IEnumerable<string> pairs)
    {
        SampleProgram program = SampleProgram.FindParked("appendwindow");
        return pairs.Select(pair => (program.TryFindMarker("append:" + pair)!.Line, program.TryFindMarker("access:" + pair)!.Line)).Order();
    }
}
