using System.Diagnostics;
using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary><c>core</c> and <c>goroutines</c> on cores of programs that wrote down what they hold.</summary>
public sealed class CoreTests : IDisposable
{
    private static readonly Lazy<ParkedCore> s_stuck = new(() => Take("stuck", "1.24"));
    private static readonly Lazy<ParkedCore> s_deadlocks = new(() => Take("deadlocks", "1.26"));
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
        JsonElement truth = Truth(s_stuck.Value);
        Assert.Empty(Numbers(truth.GetProperty("Stuck")).Except(stuck));
        // Their locks can be reached by somebody who never unlocks them: they are as deadlocked as those whom nobody reaches.
        JsonElement healthy = truth.GetProperty("Healthy");
        ulong[] locked = [.. ((string[])["double lock", "lock order", "read recursion"]).SelectMany(kind => healthy.GetProperty(kind).EnumerateArray()).Select(id => id.GetUInt64())];
        Assert.Empty(stuck.Except(Numbers(truth.GetProperty("Stuck"))).Except(locked));
    }

    [Fact]
    public async Task The_graph_of_a_core_is_drawn_in_every_form()
    {
        ParkedCore core = s_deadlocks.Value;
        JsonElement truth = Truth(core);
        JsonElement document = await Ask("graph", core.Binary.Path, core.CorePath, "--format", "json");
        Assert.Equal("faultline-graph/1", document.GetProperty("schema").GetString());
        JsonElement graph = document.GetProperty("waitGraph");
        ulong[] stuck = [.. graph.GetProperty("stuck").EnumerateArray().Select(item => item.GetProperty("goroutine").GetUInt64()).Order()];
        Assert.Equal(Numbers(truth.GetProperty("Stuck")), stuck);
        string[] ids = [.. graph.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()!)];
        Assert.Distinct(ids);
        Assert.All(graph.GetProperty("edges").EnumerateArray(), edge => Assert.Contains(edge.GetProperty("to").GetString(), ids));
        Assert.All(graph.GetProperty("edges").EnumerateArray(), edge => Assert.Contains(edge.GetProperty("from").GetString(), ids));

        Outcome text = await Program.Run(default, "graph", core.CorePath);
        Assert.Contains("Circle of 3: lock order, PROBABLE", text.Text, StringComparison.Ordinal);
        Assert.Contains("Waiting, and not known to be stuck", text.Text, StringComparison.Ordinal);
        Outcome mermaid = await Program.Run(default, "graph", core.CorePath, "--format", "mermaid");
        Assert.StartsWith("flowchart LR\n  n0[", mermaid.Text, StringComparison.Ordinal);
        // Graphviz takes what was written for it.
        Outcome svg = await Program.Run(default, "graph", core.CorePath, "--format", "svg");
        Assert.Equal(0, svg.ExitCode);
        Assert.Contains("</svg>", svg.Text, StringComparison.Ordinal);
        Assert.Contains("held by", svg.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_graph_of_a_running_process_is_that_of_its_core_and_the_process_goes_on()
    {
        using Process process = Process.Start(new ProcessStartInfo(s_deadlocks.Value.Binary.Path, [Path.Combine(_folder, "truth")]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            JsonElement graph = (await Ask("graph", $"{process.Id}", "--format", "json")).GetProperty("waitGraph");
            using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "truth")));
            Assert.Equal(Numbers(truth.RootElement.GetProperty("Stuck")), graph.GetProperty("stuck").EnumerateArray().Select(item => item.GetProperty("goroutine").GetUInt64()).Order());
            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Two_dumps_are_compared_by_the_programs_own_lines_whatever_shows_them()
    {
        ParkedCore core = s_deadlocks.Value;
        Outcome traceback = await Program.Run(default, "core", core.CorePath, "traceback");
        string log = Path.Combine(_folder, "dump.log");
        await File.WriteAllTextAsync(log, traceback.Text, TestContext.Current.CancellationToken);
        JsonElement same = await Ask("diff", core.CorePath, log, "--binary", core.Binary.Path, "--format", "json");
        Assert.Equal(same.GetProperty("goroutinesBefore").GetInt64(), same.GetProperty("goroutinesAfter").GetInt64());
        Assert.All((string[])["grown", "new", "shrunk", "gone"], kind => Assert.Equal(0, same.GetProperty(kind).GetArrayLength()));

        // One goroutine of three that wait in one range loop is taken away, and then put back.
        string less = Path.Combine(_folder, "less.log");
        string[] blocks = traceback.Text.Split("\n\n");
        string taken = blocks.First(block => block.Contains("main.rangeNeverClosed.func1", StringComparison.Ordinal));
        await File.WriteAllTextAsync(less, string.Join("\n\n", blocks.Where(block => block != taken)), TestContext.Current.CancellationToken);
        JsonElement grown = Assert.Single((await Ask("diff", less, log, "--format", "json")).GetProperty("grown").EnumerateArray().ToList());
        Assert.Equal((5, 6), (grown.GetProperty("before").GetInt32(), grown.GetProperty("after").GetInt32()));
        Assert.Equal("main.rangeNeverClosed.func1", grown.GetProperty("frames")[0].GetProperty("function").GetString());
        JsonElement shrunk = Assert.Single((await Ask("diff", log, less, "--format", "json")).GetProperty("shrunk").EnumerateArray().ToList());
        Assert.Equal((6, 5), (shrunk.GetProperty("before").GetInt32(), shrunk.GetProperty("after").GetInt32()));
    }

    [Fact]
    public async Task What_holds_no_goroutines_is_refused_instead_of_called_healthy()
    {
        ParkedCore core = s_deadlocks.Value;
        string cut = Path.Combine(_folder, "cut.core");
        await File.WriteAllBytesAsync(cut, File.ReadAllBytes(core.CorePath)[..65536], TestContext.Current.CancellationToken);
        foreach (string[] command in (string[][])[["graph", core.Binary.Path, cut], ["diff", core.CorePath, cut, "--binary", core.Binary.Path]])
        {
            Outcome refused = await Program.Run(default, command);
            Assert.Equal((65, ""), (refused.ExitCode, refused.Text));
            Assert.Contains("RUNTIME010", refused.Error, StringComparison.Ordinal);
        }

        Outcome program = await Program.Run(default, "diff", core.Binary.Path, core.CorePath);
        Assert.Equal(64, program.ExitCode);
        Assert.Contains("is a program, not a dump", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_build_is_refused_and_force_goes_on_with_a_warning()
    {
        foreach (string[] command in (string[][])[["diagnose"], ["graph"], ["goroutines"]])
        {
            string[] inputs = command[0] == "goroutines" ? [s_stuck.Value.CorePath, "--binary", s_objects.Value.Binary.Path] : [s_stuck.Value.CorePath, s_objects.Value.Binary.Path];
            Outcome refused = await Program.Run(default, [.. command, .. inputs]);
            Assert.Equal(65, refused.ExitCode);
            Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
            Outcome forced = await Program.Run(default, [.. command, .. inputs, "--force"]);
            Assert.True(forced.ExitCode is 0 or 65, forced.Error);
            Assert.Contains("CORE0107", forced.Text + forced.Error, StringComparison.Ordinal);
        }
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
        [.. kinds.EnumerateObject().Where(kind => kind.Value.ValueKind == JsonValueKind.Array).SelectMany(kind => kind.Value.EnumerateArray()).Select(id => id.GetUInt64()).Order()];
}
