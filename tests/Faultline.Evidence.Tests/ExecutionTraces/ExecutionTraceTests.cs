using System.Diagnostics;
using Faultline.Binaries.Reading;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Traces of a real program, made on the spot by each Go version, against Go's own reading of them, and damaged in many places.</summary>
public sealed class ExecutionTraceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-trace-");

    public static TheoryData<string> Versions => [.. Toolchain.All.Where(toolchain => toolchain.Version >= new Version(1, 22)).Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_event_is_that_of_go_tool_trace(string version)
    {
        string path = Make(version);
        string[] expected = [.. Oracle(path)];

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
        string path = Make("1.21");
        MalformedDataException error = Assert.Throws<MalformedDataException>(() => ExecutionTrace.Open(path));
        Assert.Contains("go tool trace", error.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.22")]
    [InlineData("1.27")]
    public void Damage_leaves_the_rest(string version)
    {
        byte[] whole = File.ReadAllBytes(Make(version));
        string path = Path.Combine(_folder.FullName, "damaged");
        int kept = 0;
        for (int index = 0; index < 100; index++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, (int)((long)whole.Length * index / 100)).ToArray());
            kept += CountEvents(path);
        }

        Random random = new(6);
        for (int index = 0; index < 100; index++)
        {
            byte[] flipped = [.. whole];
            flipped[random.Next(16, whole.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, flipped);
            kept += CountEvents(path);
        }

        Assert.True(kept > 1000, $"{kept} events");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int CountEvents(string path)
    {
        try
        {
            using ExecutionTrace trace = ExecutionTrace.Open(path);
            int count = 0;
            foreach (TraceEvent item in trace.Enumerate())
            {
                _ = item.Generation.Stack(item.StackId);
                count++;
            }

            return count;
        }
        catch (MalformedDataException error) when (error.Structure == "header")
        {
            return 0;
        }
    }

    private string Make(string version)
    {
        Toolchain toolchain = Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing");
        string program = Path.Combine(_folder.FullName, $"traced-{version}");
        string path = Path.Combine(_folder.FullName, $"{version}.trace");
        Run(toolchain, toolchain.Command, Path.Combine(SamplesFolder.Path, "..", "tests", "Faultline.Evidence.Tests", "ExecutionTraces", "Programs", "traced"), "build", "-o", program, ".");
        Run(toolchain, program, _folder.FullName, path);
        return path;
    }

    // The newest Go reads the traces of all. Its Sync lines only mark generations; indented and empty lines belong to stacks.
    private IEnumerable<string> Oracle(string path) =>
        Run(Toolchain.Newest!, Toolchain.Newest!.Command, _folder.FullName, "tool", "trace", "-d=parsed", path)
            .Split('\n').Where(line => line.StartsWith("M=", StringComparison.Ordinal) && !line.Contains(" Sync Time=", StringComparison.Ordinal));

    private static string Run(Toolchain toolchain, string command, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        toolchain.Configure(start.Environment);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {errors.GetAwaiter().GetResult()}");
    }
}
