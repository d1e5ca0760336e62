using System.Diagnostics;
using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary><c>core</c> and <c>goroutines</c> on cores of programs that wrote down what they hold.</summary>
public sealed class CoreTests : IDisposable
{
    private static readonly Lazy<ParkedCore> s_stuck = new(() => Take("stuck", "1.24"));
    private static readonly Lazy<ParkedCore> s_objects = new(() => Take("objects", "1.24"));
    private static readonly Lazy<ParkedCore> s_old = new(() => Take("objects", "1.23"));

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Leaks_are_those_that_the_program_made_and_no_healthy_one()
    {
        JsonElement truth = Truth(s_stuck.Value);
        JsonElement report = await Ask("core", s_stuck.Value.Binary.Path, s_stuck.Value.CorePath, "leaks", "--format", "json");
        ulong[] found = [.. report.GetProperty("stuck").EnumerateArray().Select(item => item.GetProperty("id").GetUInt64()).Order()];
        Assert.Equal(Numbers(truth.GetProperty("Stuck")), found);
        Assert.Empty(found.Intersect(Numbers(truth.GetProperty("Healthy"))));
        Assert.All(report.GetProperty("stuck").EnumerateArray(), item => Assert.NotEqual(0, item.GetProperty("frames").GetArrayLength()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Maps_have_the_entries_that_the_program_counted(bool isOld)
    {
        ParkedCore core = (isOld ? s_old : s_objects).Value;
        JsonElement truth = Truth(core).GetProperty("Maps").GetProperty("main.mapFloat");
        JsonElement maps = await Ask("core", core.Binary.Path, core.CorePath, "maps", "--format", "json");
        JsonElement listed = maps.GetProperty("maps").EnumerateArray().Single(map => map.GetProperty("variable").GetString() == "main.mapFloat");
        Assert.Equal($"0x{truth.GetProperty("Address").GetString()}", listed.GetProperty("address").GetString());
        Assert.Equal(truth.GetProperty("Length").GetInt64(), listed.GetProperty("count").GetInt64());

        JsonElement map = await Ask("core", core.CorePath, "map", listed.GetProperty("address").GetString()!, "--format", "json", "--top", "1000");
        Assert.Equal(truth.GetProperty("Length").GetInt32(), map.GetProperty("entries").GetArrayLength());

        Outcome picture = await Program.Run(default, "core", core.CorePath, "map", listed.GetProperty("address").GetString()!, "--graph", "mermaid");
        Assert.StartsWith("flowchart LR\n  map[", picture.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goroutines_are_filtered_and_grouped()
    {
        JsonElement sending = await Ask("core", s_stuck.Value.CorePath, "goroutines", "--format", "json", "-with", "userloc", "main.send.func1");
        Assert.Equal(2, sending.GetProperty("goroutines").GetArrayLength());
        JsonElement rest = await Ask("core", s_stuck.Value.CorePath, "goroutines", "--format", "json", "-without", "userloc", "main.send.func1");
        JsonElement all = await Ask("core", s_stuck.Value.CorePath, "goroutines", "--format", "json");
        Assert.Equal(all.GetProperty("goroutines").GetArrayLength(), rest.GetProperty("goroutines").GetArrayLength() + 2);
        JsonElement groups = await Ask("core", s_stuck.Value.CorePath, "goroutines", "--format", "json", "-group", "goloc");
        Assert.Equal(all.GetProperty("goroutines").GetArrayLength(), groups.GetProperty("groups").EnumerateArray().Sum(group => group.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_packed_core_has_the_same_buckets()
    {
        string packed = Path.Combine(_folder, "core.zst");
        using (Process zstd = Process.Start(new ProcessStartInfo("zstd", ["-1", "-q", "-o", packed, s_stuck.Value.CorePath]) { UseShellExecute = false })!)
            await zstd.WaitForExitAsync(TestContext.Current.CancellationToken);
        Outcome plain = await Program.Run(default, "goroutines", s_stuck.Value.CorePath);
        Outcome unpacked = await Program.Run(default, "goroutines", packed, "--binary", s_stuck.Value.Binary.Path);
        Assert.Equal(0, plain.ExitCode);
        Assert.Equal(plain.Text, unpacked.Text);
        Assert.Contains("main.consume.func1", plain.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_core_of_a_stuck_program_is_diagnosed()
    {
        JsonElement incident = (await Ask("diagnose", s_stuck.Value.CorePath, "--format", "json")).GetProperty("incidents")[0];
        Assert.Equal("deadlock", incident.GetProperty("fault").GetProperty("kind").GetString());
        Assert.Equal("probable", incident.GetProperty("confidence").GetString());
        ulong[] stuck = [.. incident.GetProperty("buckets").EnumerateArray().SelectMany(bucket => bucket.GetProperty("goroutines").EnumerateArray()).Select(id => id.GetUInt64()).Order()];
        Assert.Equal(Numbers(Truth(s_stuck.Value).GetProperty("Stuck")), stuck);
    }

    [Fact]
    public async Task A_running_process_shows_its_goroutines_and_goes_on()
    {
        using Process process = Process.Start(new ProcessStartInfo(s_stuck.Value.Binary.Path, [Path.Combine(_folder, "truth")]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            JsonElement report = await Ask("goroutines", $"{process.Id}", "--format", "json");
            Assert.Contains(report.GetProperty("buckets").EnumerateArray(), bucket => bucket.GetProperty("frames").EnumerateArray().Any(frame => frame.GetProperty("function").GetString() == "main.consume.func1"));
            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_binary_of_another_build_is_refused_unless_forced()
    {
        Outcome refused = await Program.Run(default, "core", s_old.Value.Binary.Path, s_objects.Value.CorePath);
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("build ids differ", refused.Error, StringComparison.Ordinal);
        Outcome forced = await Program.Run(default, "core", s_old.Value.Binary.Path, s_objects.Value.CorePath, "--force");
        Assert.NotEqual(70, forced.ExitCode);
        Assert.Contains("CORE0107", forced.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "core")]
    [InlineData(66, "core", "nowhere")]
    [InlineData(65, "core", "plain.log")]
    [InlineData(65, "core", "core.elf")]
    [InlineData(66, "goroutines", "nowhere")]
    [InlineData(66, "goroutines", "999999999")]
    [InlineData(65, "goroutines", "plain.log")]
    public async Task What_cannot_be_shown_is_said(int code, params string[] arguments)
    {
        Outcome outcome = await Program.Run(default, arguments);
        Assert.Equal(code, outcome.ExitCode);
        Assert.StartsWith("faultline: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Text);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("map")]
    [InlineData("map", "here")]
    [InlineData("read", "0x1000")]
    [InlineData("stack", "main")]
    [InlineData("sync", "0x1000", "door")]
    [InlineData("goroutines", "-with", "somewhere")]
    [InlineData("maps", "0x1000")]
    public async Task A_view_that_is_asked_for_in_the_wrong_way_is_refused(params string[] view)
    {
        Outcome outcome = await Program.Run(default, ["core", s_objects.Value.CorePath, .. view]);
        Assert.Equal(64, outcome.ExitCode);
        Assert.StartsWith("faultline: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("map", "0x10")]
    [InlineData("chan", "0x10")]
    [InlineData("slice", "0x10")]
    [InlineData("sync", "0x10")]
    [InlineData("syncmap", "0x10")]
    [InlineData("type", "main.nothing")]
    [InlineData("stack", "123456789")]
    public async Task What_a_core_lacks_is_said(params string[] view)
    {
        Outcome outcome = await Program.Run(default, ["core", s_objects.Value.CorePath, .. view]);
        Assert.Equal(65, outcome.ExitCode);
        Assert.StartsWith("faultline: ", outcome.Error, StringComparison.Ordinal);
    }

    private static ParkedCore Take(string program, string version) =>
        ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked(program), Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing: run eng/toolchains.sh")));

    private static async Task<JsonElement> Ask(params string[] arguments)
    {
        Outcome outcome = await Program.Run(default, arguments);
        Assert.Equal(0, outcome.ExitCode);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    private static JsonElement Truth(ParkedCore core) => JsonDocument.Parse(File.ReadAllBytes(core.TruthPath)).RootElement;

    private static ulong[] Numbers(JsonElement kinds) =>
        [.. kinds.EnumerateObject().SelectMany(kind => kind.Value.EnumerateArray()).Select(id => id.GetUInt64()).Order()];
}
