using System.Diagnostics;
using System.Text;
using Faultline.Reports.Html;
using Faultline.Reports.Tests;
using Faultline.Samples;

namespace Faultline.Pages.Tests;

/// <summary>Pages as <c>faultline diagnose --format html</c> writes them, of sample programs that really died; each is made once.</summary>
public sealed class Pages : IDisposable
{
    private const int Attempts = 4;
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Where they lie.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("faultline-pages-").FullName;

    /// <summary>The path of a page: <c>map</c>, <c>deadlock</c>, <c>channel</c>, <c>race</c>, <c>crowd</c>, <c>hostile-log</c>, or a report built by hand for what needs a recorder.</summary>
    public string Get(string name)
    {
        lock (_gate)
        {
            if (!_made.TryGetValue(name, out string? path))
            {
                path = Path.Combine(Folder, $"{name}.html");
                Make(name, path);
                _made.Add(name, path);
            }

            return path;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Make(string name, string path)
    {
        switch (name)
        {
            case "map":
                OfCrash("maphot", path);
                break;
            case "deadlock":
                OfCrash("deadlock", path);
                break;
            case "channel":
                OfCrash("chansend", path);
                break;
            case "crowd":
                OfCrash("manygoroutines", path, "100000");
                break;
            case "race":
                OfRace(path);
                break;
            case "hostile-log":
                Diagnose(path, HostileLog());
                break;
            default:
                using (FileStream stream = File.Create(path))
                    HtmlReport.Write(SampleReports.Get(name), stream);
                break;
        }
    }

    private static void OfCrash(string sample, string path, params string[] arguments)
    {
        SampleBinary binary = SampleBinary.Build(SampleProgram.Find(sample), Newest);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            using SampleRun run = SampleRun.Run(binary, new SampleRunOptions { KeepLedger = false, Arguments = arguments, TimeLimit = TimeSpan.FromMinutes(2) });
            if (run.TryReadHeadline() is null)
                continue;
            Diagnose(path, run.LogPath, binary.Path);
            return;
        }

        throw new InvalidOperationException($"{sample} did not die in {Attempts} runs");
    }

    private void OfRace(string path)
    {
        SampleBinary binary = SampleBinary.Build(SampleProgram.FindParked("races"), Newest, BuildMode.Race);
        string kind = binary.Program.Markers.First(marker => marker.Operation == "first").Label["race:first ".Length..];
        using SampleRun run = SampleRun.Run(binary, new SampleRunOptions { Arguments = [Path.Combine(Folder, "truth"), kind], Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GORACE"] = "atexit_sleep_ms=0" } });
        Diagnose(path, run.LogPath, binary.Path);
    }

    private static Toolchain Newest => Toolchain.Newest ?? throw new InvalidOperationException("no Go toolchain in the cache: run eng/toolchains.sh");

    /// <summary>A crash whose words try everything that a page could fall for, after a line of ten million characters.</summary>
    private string HostileLog()
    {
        const string Attack = "</script><script>window.hacked=1</script><img src=x onerror='window.hacked=2'><!--<script>\u202egnihton\u202c \u001b[31mred\u001b[0m \u2028 &lt;b&gt;";
        StringBuilder log = new();
        log.Append(Attack).Append('A', 10_000_000).Append('\n');
        log.Append("panic: ").Append(Attack).Append('A', 200_000).Append("\n\ngoroutine 1 [running]:\n");
        log.Append("main.").Append(Attack.Replace(' ', '_')).Append("(0x1)\n\t/src/<script>alert(1)</script>.go:7 +0x1d\n");
        log.Append("main.main()\n\t/src/main.go:3 +0x10\nexit status 2\n");
        string path = Path.Combine(Folder, "hostile.log");
        File.WriteAllText(path, log.ToString());
        return path;
    }

    private static void Diagnose(string path, params string[] inputs)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "faultline"), ["diagnose", .. inputs, "--format", "html", "-o", path]) { UseShellExecute = false, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
