using System.Globalization;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>A run of <c>Programs/known</c>: its trace, the ids that it printed, and the lines that its source marks.</summary>
internal sealed class KnownRun
{
    private readonly ILookup<string, long> _ids;
    private readonly string[] _source;

    private KnownRun(string path, string output)
    {
        Path = path;
        using ExecutionTrace trace = ExecutionTrace.Open(path);
        Summary = TraceSummary.Read(trace);
        Assert.Empty(trace.Diagnostics);
        _ids = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToLookup(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
        _source = File.ReadAllLines(System.IO.Path.Combine(SamplesFolder.Path, "..", "tests", "Faultline.Evidence.Tests", "ExecutionTraces", "Programs", "known", "main.go"));
    }

    public string Path { get; }

    public TraceSummary Summary { get; }

    public static KnownRun Make(TracedPrograms programs, string version)
    {
        (string path, string output) = programs.Make("known", version);
        return new KnownRun(path, output);
    }

    public long Id(string name) => Ids(name).Single();

    public long[] Ids(string name) => [.. _ids[name]];

    public GoroutineActivity Goroutine(long id) => Summary.Goroutines.Single(goroutine => goroutine.Id == id);

    public int Line(string mark) => Array.FindIndex(_source, line => line.EndsWith($"// at {mark}", StringComparison.Ordinal)) + 1;
}
