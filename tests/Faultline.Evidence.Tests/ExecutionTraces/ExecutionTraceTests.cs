using Faultline.Binaries.Reading;
using Faultline.Evidence.ExecutionTraces;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Traces of a real program, made on the spot by each Go version, against Go's own reading of them, and damaged in many places.</summary>
public sealed class ExecutionTraceTests : IDisposable
{
    private readonly TracedPrograms _programs = new();

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Every_event_is_that_of_go_tool_trace(string version)
    {
        string path = _programs.Make("traced", version).Path;
        string[] expected = _programs.ReadWithGo(path);

        using ExecutionTrace trace = ExecutionTrace.Open(path);
        string[] actual = [.. trace.Enumerate().Select(item => TraceEventLine.Format(item))];

        Assert.Empty(trace.Diagnostics);
        Assert.True(expected.Length > 1000, $"{expected.Length} events");
        int differs = Enumerable.Range(0, Math.Min(expected.Length, actual.Length)).FirstOrDefault(index => expected[index] != actual[index], -1);
        Assert.True(differs < 0, differs < 0 ? "" : $"event {differs}: expected {expected[differs]}, not {actual[differs]}");
        Assert.Equal(expected.Length, actual.Length);
    }

    [Fact]
    public void Older_formats_are_refused_with_advice()
    {
        string path = _programs.Make("traced", "1.21").Path;
        MalformedDataException error = Assert.Throws<MalformedDataException>(() => ExecutionTrace.Open(path));
        Assert.Contains("go tool trace", error.Rule, StringComparison.Ordinal);
    }

    public void Dispose() => _programs.Dispose();
}
