using System.Diagnostics;
using Faultline.Evidence.Tracebacks;
string path = args[1];
long size = new FileInfo(path).Length;
var cpu = Process.GetCurrentProcess();
double best = double.MaxValue, bestCpu = double.MaxValue;
for (int i = 0; i < int.Parse(args[2]); i++)
{
    cpu.Refresh();
    var c0 = cpu.TotalProcessorTime;
    var w = Stopwatch.StartNew();
    using var f = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
    var log = TracebackParser.Parse(f, path);
    w.Stop();
    cpu.Refresh();
    best = Math.Min(best, w.Elapsed.TotalMilliseconds);
    bestCpu = Math.Min(bestCpu, (cpu.TotalProcessorTime - c0).TotalMilliseconds);
    if (i == 0) Console.WriteLine($"first {size / 1e6 / w.Elapsed.TotalSeconds:F0} MB/s reports={log.Reports.Count} g={log.Reports.Sum(r => r.Goroutines.Count)} stacks={string.Join(',', log.Reports.Select(r => r.Stacks.Count))} diag={log.Diagnostics.Count} peak={Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
}
Console.WriteLine($"best {best:F1} ms = {size / 1e3 / best:F0} MB/s; cpu {bestCpu:F1} ms = {size / 1e3 / bestCpu:F0} MB/s;  peak={Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
