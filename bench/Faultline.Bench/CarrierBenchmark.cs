using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Bench;

/// <summary>Throughput of the unwrapping, in megabytes of the carrier's file (for packed ones: of what was packed) a second, from memory, best of five.</summary>
internal static class CarrierBenchmark
{
    private const int Runs = 5;

    public static int Run(string[] arguments)
    {
        using SampleLog? sample = arguments.Length == 0 ? SampleLog.TryMake() : null;
        string? path = arguments.Length > 0 ? arguments[0] : sample?.Path;
        if (path is null || !File.Exists(path))
        {
            Console.Error.WriteLine("no log, and no Go toolchain to make one with");
            return 66;
        }

        byte[] log = File.ReadAllBytes(path);
        Console.WriteLine("| carrier | size | goroutines | MB/s |");
        Console.WriteLine("| --- | --- | --- | --- |");
        Row("plain", log);
        Row("compose", Each(log, line => "web-1  | " + line));
        Row("kubectl --prefix --timestamps", Each(log, line => "[pod/web-5d9c7b6f4-x2x8z/web] 2026-11-24T01:54:18.123456789Z " + line));
        Row("timestamps", Each(log, line => "2026-11-24T01:54:18Z " + line));
        Row("syslog", Each(log, line => "Nov 24 01:54:18 host web[123]: " + line));
        Row("kubernetes CRI", Each(log, line => "2026-11-24T01:54:18.123456789Z stderr F " + line));
        Row("docker json-file", Each(log, line => $$"""{"log":{{Quote(line + "\n")}},"stream":"stderr","time":"2026-11-24T01:54:18.123456789Z"}"""));
        Row("journald JSON", Each(log, line => $$"""{"__CURSOR":"s=1","_SYSTEMD_UNIT":"web.service","MESSAGE":{{Quote(line)}},"_PID":"123"}"""));
        Row("JSON records", Each(log, line => $$"""{"level":"error","ts":1774317258.12,"msg":{{Quote(line)}} }"""));
        Row("go test -json", Each(log, line => $$"""{"Time":"2026-11-24T01:54:18.1Z","Action":"output","Package":"example.com/web","Test":"TestWeb","Output":{{Quote(line + "\n")}} }"""));
        Row("ANSI colours", Each(log, line => $"\e[31m{line}\e[0m"));
        Row("UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(log))]);
        Row("gzip", Gzip(log), log.Length);
        return 0;
    }

    private static void Row(string name, byte[] bytes, long? size = null)
    {
        double megabytes = (size ?? bytes.Length) / 1e6;
        double best = double.MaxValue;
        IReadOnlyList<TracebackLog> logs = [];
        for (int run = 0; run < Runs; run++)
        {
            using MemoryStream stream = new(bytes);
            best = Math.Min(best, Measurement.Take(() => LogReader.Parse(stream, name), out logs).Seconds);
        }

        int goroutines = logs.Sum(log => log.Reports.Sum(report => report.Goroutines.Count));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {megabytes:F1} MB | {goroutines} | {megabytes / best:F0} |"));
    }

    private static byte[] Each(byte[] log, Func<string, string> wrap)
    {
        StringBuilder text = new();
        foreach (string line in Encoding.UTF8.GetString(log).TrimEnd('\n').Split('\n'))
            text.Append(wrap(line)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.Default.Encode(text)}\"";

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
