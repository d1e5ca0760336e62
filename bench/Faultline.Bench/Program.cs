using System.Diagnostics;
using Faultline.Evidence.Tracebacks;
string path = args[1];
long size = new FileInfo(path).Length;
for (int i = 0; i < 12; i++)
{
    var w = Stopwatch.StartNew();
    using var f = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
    var log = TracebackParser.Parse(f, path);
    w.Stop();
    Console.WriteLine($"{size / 1e6 / w.Elapsed.TotalSeconds:F0} MB/s {w.Elapsed.TotalMilliseconds:F1} ms reports={log.Reports.Count} g={log.Reports.Sum(r => r.Goroutines.Count)} stacks={string.Join(',', log.Reports.Select(r => r.Stacks.Count))} diag={log.Diagnostics.Count} peak={Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
}
