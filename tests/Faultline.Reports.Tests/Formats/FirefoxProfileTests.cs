using System.Text.Json;
using Faultline.Reports.Profiles;

namespace Faultline.Reports.Tests.Formats;

/// <summary>Profiles for the Firefox Profiler: what its own code makes of them, and what happens at their limits.</summary>
public sealed class FirefoxProfileTests
{
    private const ulong Millisecond = 1_000_000;
    private const string Handler = "example.com/shop.(*store).put";

    /// <summary>The profiler's command line is its own code, of a newer version of the format than ours: it upgrades first.</summary>
    [Fact]
    public void Is_read_by_the_profiler_itself()
    {
        FirefoxProfile profile = new("shop") { Start = 1000 * Millisecond };
        int stack = profile.AddStack([new ProfileFrame("runtime.mapassign", "map.go", 10), new ProfileFrame(Handler, "store.go", 20), new ProfileFrame("runtime.goexit", "", 0)]);
        ProfileTrack track = ProfileTrack.Of(4711, 7, 4712);
        for (ulong i = 0; i < 5; i++)
            profile.AddSample(track, stack, "map-write", profile.Start + (i * Millisecond));
        profile.AddSample(ProfileTrack.Of(4711, 0, 4713), profile.AddStack([]), "cpu-clock", profile.Start);
        ProfileMarker write = new() { Name = "map-write", Start = profile.Start + Millisecond, End = profile.Start + (3 * Millisecond), ObjectAddress = 0xc000, Place = new ProfileFrame(Handler, "store.go", 20) };
        profile.AddMarker(track, write);
        profile.AddMarker(track, new ProfileMarker { Name = "fatal", Start = profile.Start + (4 * Millisecond), IsDeath = true });

        using FirefoxSession session = new(Written(profile));
        JsonElement threads = session.Ask("thread", "list").GetProperty("threads");
        Assert.Equal(["goroutine 7", "thread 4713"], threads.EnumerateArray().Select(thread => thread.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        JsonElement root = session.Ask("thread", "samples-top-down", "--thread", "t-0").GetProperty("regularCallTree");
        Assert.Equal(5, root.GetProperty("totalSamples").GetInt32());
        foreach (string name in (string[])["runtime.goexit", Handler, "runtime.mapassign", "[map-write]"])
        {
            root = Assert.Single(root.GetProperty("children").EnumerateArray());
            Assert.Equal((name, 5), (root.GetProperty("name").GetString(), root.GetProperty("totalSamples").GetInt32()));
        }

        Dictionary<string, JsonElement> markers = session.Ask("thread", "markers", "--thread", "t-0").GetProperty("byType").EnumerateArray().ToDictionary(type => type.GetProperty("markerName").GetString()!);
        JsonElement only = markers["map-write"].GetProperty("topMarkers")[0];
        Assert.Equal(($"0xc000 {Handler} store.go:20", 1m, 2m), (only.GetProperty("label").GetString(), only.GetProperty("start").GetDecimal(), only.GetProperty("duration").GetDecimal()));
        Assert.Equal(4, markers["fatal"].GetProperty("topMarkers")[0].GetProperty("start").GetDecimal());
    }

    [Fact]
    public void Late_samples_come_in_the_order_of_time()
    {
        FirefoxProfile profile = new("shop") { Start = 5 * Millisecond };
        ProfileTrack track = ProfileTrack.Of(1, 2, 3);
        foreach (ulong time in (ulong[])[7, 4, 6])
            profile.AddSample(track, profile.AddStack([]), $"at {time}", time * Millisecond);
        JsonElement samples = JsonDocument.Parse(Written(profile)).RootElement.GetProperty("threads")[0].GetProperty("samples");
        Assert.Equal([0m, 1m, 2m], samples.GetProperty("time").EnumerateArray().Select(time => time.GetDecimal()));
        Assert.Equal([1, 2, 0], samples.GetProperty("stack").EnumerateArray().Select(stack => stack.GetInt32()));
    }

    [Fact]
    public void Goroutines_beyond_the_limit_share_a_thread()
    {
        const int Goroutines = 5000;
        FirefoxProfile profile = new("crowd");
        int stack = profile.AddStack([new ProfileFrame("main.main", "main.go", 1)]);
        for (ulong goroutine = 1; goroutine <= Goroutines; goroutine++)
            profile.AddSample(ProfileTrack.Of(1, goroutine, 1), stack, "", goroutine);
        JsonElement[] threads = [.. JsonDocument.Parse(Written(profile)).RootElement.GetProperty("threads").EnumerateArray()];
        Assert.True(profile.HasOthers);
        Assert.Equal("others", threads[^1].GetProperty("name").GetString());
        Assert.InRange(threads.Length, 2, Goroutines - 1);
        Assert.Equal(Goroutines, threads.Sum(thread => thread.GetProperty("samples").GetProperty("length").GetInt32()));
    }

    private static byte[] Written(FirefoxProfile profile)
    {
        using MemoryStream stream = new();
        profile.Write(stream);
        return stream.ToArray();
    }
}
