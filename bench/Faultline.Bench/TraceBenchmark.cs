using System.Diagnostics;
using System.Globalization;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Samples;

namespace Faultline.Bench;

/// <summary>Throughput of the trace summary, file reading included, in one thread. Without a trace, <c>bench/workloads/tracing</c> makes one of 210 MB.</summary>
internal static class TraceBenchmark
{
    private const int Runs = 5;
    private const string Megabytes = "210";

    public static int Run(string[] arguments)
    {
        DirectoryInfo? folder = arguments.Length == 0 ? Directory.CreateTempSubdirectory("faultline-bench-") : null;
        try
        {
            string? path = folder is null ? arguments[0] : TryMake(folder.FullName);
            if (path is null || !File.Exists(path))
            {
                Console.Error.WriteLine("no trace, and no Go toolchain to make one with");
                return 66;
            }

            Report(path);
            return 0;
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    private static void Report(string path)
    {
        List<Measurement> runs = [];
        TraceSummary? summary = null;
        for (int run = 0; run < Runs; run++)
            runs.Add(Measurement.Take(() => Read(path), out summary));
        double megabytes = new FileInfo(path).Length / 1e6;
        double best = runs.Min(run => run.Seconds);
        double median = runs.Select(run => run.Seconds).Order().ElementAt(Runs / 2);
        Console.WriteLine("| trace | events | goroutines | best | median | best processor time | million events a second | peak RSS |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {megabytes:F1} MB | {summary!.EventCount} | {summary.GoroutineCount} | {best:F2} s | {median:F2} s | {runs.Min(run => run.CpuSeconds):F2} s | {summary.EventCount / best / 1e6:F1} | {runs[0].PeakMegabytes:F0} MB |"));
    }

    private static TraceSummary Read(string path)
    {
        using ExecutionTrace trace = ExecutionTrace.Open(path);
        return TraceSummary.Read(trace);
    }

    private static string? TryMake(string folder)
    {
        if (Toolchain.Newest is not { } toolchain)
            return null;
        string program = Path.Combine(folder, "tracing");
        string path = Path.Combine(folder, "app.trace");
        Start(toolchain, toolchain.Command, Path.Combine(SamplesFolder.Path, "..", "bench", "workloads", "tracing"), "build", "-o", program, ".");
        Start(toolchain, program, folder, path, Megabytes);
        return path;
    }

    private static void Start(Toolchain toolchain, string command, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { WorkingDirectory = folder, UseShellExecute = false };
        toolchain.Configure(start.Environment);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} ended with exit code {process.ExitCode}");
    }
}
