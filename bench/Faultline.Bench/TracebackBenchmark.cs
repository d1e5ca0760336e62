using System.Globalization;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Bench;

/// <summary>
/// Throughput of the traceback parser on one log, file reading included, in one thread. Without a log, the sample <c>manygoroutines</c>
/// makes one of 100,003 goroutines. <c>--against COMMAND</c> runs another parser on the same log, in turns with ours, so that both
/// see the same machine; see <see cref="RivalParser"/> for what it has to print.
/// </summary>
internal static class TracebackBenchmark
{
    public static int Run(string[] arguments)
    {
        string? path = null, rival = null;
        int runs = 15;
        for (int at = 0; at < arguments.Length; at++)
        {
            if (arguments[at] == "--against" && at + 1 < arguments.Length)
                rival = arguments[++at];
            else if (arguments[at] == "--runs" && at + 1 < arguments.Length)
                runs = int.Parse(arguments[++at], CultureInfo.InvariantCulture);
            else
                path = arguments[at];
        }

        using SampleLog? sample = path is null ? SampleLog.TryMake() : null;
        path ??= sample?.Path;
        if (path is null || !File.Exists(path))
        {
            Console.Error.WriteLine("no log, and no Go toolchain to make one with");
            return 66;
        }

        var ours = new List<Measurement>();
        var theirs = new List<Measurement>();
        TracebackLog log = Parse(path, ours);
        for (int round = 0; round < runs; round++)
        {
            Parse(path, ours);
            if (rival is not null)
                theirs.Add(RivalParser.Run(rival, path));
        }

        Report(path, log, ours, theirs);
        return 0;
    }

    private static TracebackLog Parse(string path, List<Measurement> into)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        into.Add(Measurement.Take(() => TracebackParser.Parse(stream, path), out TracebackLog log));
        return log;
    }

    private static void Report(string path, TracebackLog log, List<Measurement> ours, List<Measurement> theirs)
    {
        double megabytes = new FileInfo(path).Length / 1e6;
        string kind = System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "JIT" : "AOT";
        Console.WriteLine("| what | log | goroutines | first run | median | best | best by processor time | peak RSS |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        Row($"Faultline ({kind})", log.Reports.Sum(report => report.Goroutines.Count).ToString(CultureInfo.InvariantCulture), ours, ours[0].PeakMegabytes);
        if (theirs.Count == 0)
            return;
        Row("other", "", theirs, theirs.Max(item => item.PeakMegabytes));
        Console.WriteLine(Text($"best against best: {Best(theirs) / Best(ours):F1}, median against median: {Median(theirs) / Median(ours):F1}, processor time: {BestCpu(theirs) / BestCpu(ours):F1}"));

        void Row(string what, string goroutines, List<Measurement> items, double peak) =>
            Console.WriteLine(Text($"| {what} | {megabytes:F1} MB | {goroutines} | {Speed(items[0].Seconds)} | {Speed(Median(items))} | {Speed(Best(items))} | {Speed(BestCpu(items))} | {peak:F0} MB |"));

        string Speed(double seconds) => Text($"{megabytes / seconds:F0} MB/s");
    }

    private static double Best(List<Measurement> items) => items.Min(item => item.Seconds);

    private static double BestCpu(List<Measurement> items) => items.Min(item => item.CpuSeconds);

    private static double Median(List<Measurement> items) => items.Select(item => item.Seconds).Order().ElementAt(items.Count / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
