using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Tracebacks;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Waiting;

/// <summary>Twenty-three kinds of deadlocks of real programs, their healthy twins, and healthy goroutines that look like some of them.</summary>
public sealed class DeadlockTests
{
    /// <summary>What the kinds with a circle are called.</summary>
    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["double lock"] = "double lock",
        ["lock order"] = "lock order",
        ["three locks"] = "lock order",
        ["lock order of variables"] = "lock order",
        ["lock upgrade"] = "lock upgrade",
        ["read lock recursion"] = "recursive read lock behind a writer",
        ["channel behind lock"] = "chan and mutex in a circle",
        ["results before collection"] = "chan and WaitGroup in a circle",
        ["channel ring"] = "chan in a circle",
    };

    public static TheoryData<string> Releases() => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    public static TheoryData<string, string> KindsAlone()
    {
        var data = new TheoryData<string, string>();
        var truth = TruthOf(Take(RealCrash.Newest.Name));
        foreach (var kind in truth["Stuck"].Where(kind => kind.Value.Length > 0).Select(kind => kind.Key).Order(StringComparer.Ordinal))
        {
            data.Add(kind, RealCrash.Oldest.Name);
            data.Add(kind, RealCrash.Newest.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Memory_shows_every_kind_and_accuses_no_healthy_twin(string version)
    {
        var core = Take(version);
        var truth = TruthOf(core);
        using var dump = CoreDump.Open(core.CorePath, new CoreOptions { BinaryPath = core.Binary.Path });
        var state = RuntimeState.TryAttach(dump.Binary, dump.LoadBias, dump.Memory, dump.Core.Threads, new DiagnosticLog(core.CorePath));
        var graph = WaitGraphs.OfMemory(state!);
        var stuck = graph.Stuck.Select(item => item.Goroutine).ToHashSet();
        Assert.True(truth["Stuck"].Count(kind => kind.Value.Length > 0) >= 20 && truth["Healthy"].Count(kind => kind.Value.Length > 0) >= 6);
        Assert.Equal([], truth["Stuck"].Where(kind => !kind.Value.All(stuck.Contains)).Select(kind => kind.Key));
        Assert.Equal(truth["Stuck"].Values.SelectMany(ids => ids).Order(), stuck.Order());
        // Variables can be reached by all, so only the circle tells of their locks.
        var byVariables = truth["Stuck"]["lock order of variables"];
        Assert.All(graph.Stuck, item => Assert.Equal(
            byVariables.Contains(item.Goroutine) ? Confidence.Possible : item.Reason == "nothing ever ends such a wait" ? Confidence.Confirmed : Confidence.Probable, item.Confidence));
        foreach (var (kind, ids) in truth["Stuck"])
        {
            var circles = graph.Cycles.Where(cycle => cycle.Goroutines.Intersect(ids).Any()).ToList();
            Assert.Equal(Patterns.TryGetValue(kind, out var pattern) ? [pattern] : [], circles.Select(cycle => cycle.Pattern).Distinct(StringComparer.Ordinal));
            Assert.All(circles, cycle => Assert.Empty(cycle.Goroutines.Except(ids)));
            Assert.All(circles, cycle => Assert.Equal(cycle.Goroutines.Count == 1 || kind == "lock order of variables" ? Confidence.Possible : Confidence.Probable, cycle.Confidence));
        }
    }

    /// <summary>A log says who waits and where; the circle as far as it prints arguments.</summary>
    [Theory]
    [MemberData(nameof(KindsAlone))]
    public void A_log_names_all_that_are_stuck_and_no_wrong_circle(string kind, string version)
    {
        var (log, ids) = RunAlone(kind, version, isHealthy: false);
        using var binary = GoBinary.Open(BinaryOf(version).Path);
        var incident = Assert.Single(Diagnostician.Diagnose(new DiagnosisInputs { Logs = [log], Binary = binary }).Incidents);
        Assert.Equal(FaultKind.Deadlock, incident.Fault.Kind);
        Assert.Equal([], ids.Except(incident.WaitGraph.Stuck.Select(stuck => stuck.Goroutine)));
        Assert.All(incident.WaitGraph.Cycles, cycle => Assert.Equal(Patterns[kind], cycle.Pattern));
        Assert.All(incident.WaitGraph.Cycles, cycle => Assert.Empty(cycle.Goroutines.Except(ids)));
    }

    [Fact]
    public void The_circle_is_found_in_a_log_that_prints_the_locks()
    {
        foreach (var toolchain in new[] { RealCrash.Oldest, RealCrash.Newest })
        {
            var report = RealCrash.Diagnose(RealCrash.LogOf("deadlock", toolchain), RealCrash.BinaryOf("deadlock", toolchain));
            var graph = Assert.Single(report.Incidents).WaitGraph;
            var cycle = Assert.Single(graph.Cycles);
            Assert.Equal(("lock order", 2, Confidence.Probable), (cycle.Pattern, cycle.Goroutines.Count, cycle.Confidence));
            Assert.Equal(SampleProgram.Find("deadlock").TryFindMarker("fault:lock")!.Line, graph.Nodes.First(node => node.Goroutine == cycle.Goroutines[0]).Line);
            Assert.Contains("lock order", report.Incidents[0].Summary, StringComparison.Ordinal);
            // Without the code nothing tells who is past a lock.
            Assert.Empty(Assert.Single(RealCrash.Diagnose(RealCrash.LogOf("deadlock", toolchain), binaryPath: null).Incidents).WaitGraph.Cycles);
        }
    }

    /// <summary>A dump of a program in which some are stuck and others only wait (SIGQUIT).</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.24")]
    [InlineData("1.27")]
    public void A_dump_of_a_running_program_accuses_no_healthy_twin(string version)
    {
        var folder = Directory.CreateTempSubdirectory("faultline-waits-").FullName;
        try
        {
            var truthPath = Path.Combine(folder, "truth.json");
            var text = Run(version, [truthPath], afterReady: process => Kill(process.Id));
            var truth = Read(truthPath);
            using var binary = GoBinary.Open(BinaryOf(version).Path);
            var incident = Assert.Single(Diagnostician.Diagnose(new DiagnosisInputs { Logs = [Parse(text)], Binary = binary }).Incidents);
            var healthy = truth["Healthy"].Values.SelectMany(ids => ids).ToHashSet();
            Assert.Equal([], incident.WaitGraph.Cycles.SelectMany(cycle => cycle.Goroutines).Where(healthy.Contains));
            Assert.Equal([], incident.WaitGraph.Stuck.Select(stuck => stuck.Goroutine).Where(healthy.Contains));
            Assert.Equal(truth["Stuck"]["empty select"].Concat(truth["Stuck"]["nil channel"]).Order(), incident.WaitGraph.Stuck.Where(stuck => stuck.Confidence == Confidence.Confirmed).Select(stuck => stuck.Goroutine).Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SampleBinary BinaryOf(string version) => SampleBinary.Build(SampleProgram.FindParked("deadlocks"), Toolchain.TryFind(version)!, BuildMode.Plain);

    private static ParkedCore Take(string version) => ParkedCore.Take(BinaryOf(version));

    private static Dictionary<string, Dictionary<string, long[]>> TruthOf(ParkedCore core) => Read(core.TruthPath);

    private static Dictionary<string, Dictionary<string, long[]>> Read(string path)
    {
        var truth = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, long[]?>?>>(File.ReadAllText(path))!;
        return truth.ToDictionary(part => part.Key, part => (part.Value ?? []).ToDictionary(kind => kind.Key, kind => kind.Value ?? []));
    }

    private static (TracebackLog Log, long[] Ids) RunAlone(string kind, string version, bool isHealthy)
    {
        var folder = Directory.CreateTempSubdirectory("faultline-waits-").FullName;
        try
        {
            var truthPath = Path.Combine(folder, "truth.json");
            var text = Run(version, isHealthy ? [truthPath, kind, "healthy"] : [truthPath, kind], afterReady: null);
            return (Parse(text), Read(truthPath)["Stuck"][kind]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TracebackLog Parse(string text)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return TracebackParser.Parse(stream, "crash.log");
    }

    private static string Run(string version, IReadOnlyList<string> arguments, Action<Process>? afterReady)
    {
        var start = new ProcessStartInfo(BinaryOf(version).Path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GO", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["GOTRACEBACK"] = "all";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (afterReady is not null)
        {
            Assert.Equal("ready", process.StandardOutput.ReadLine());
            afterReady(process);
        }

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "it did not end");
        return errors.GetAwaiter().GetResult();
    }

    private static void Kill(int processId)
    {
        using var kill = Process.Start("kill", ["-QUIT", processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
