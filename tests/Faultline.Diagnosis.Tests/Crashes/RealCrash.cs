using Faultline.Binaries;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>A sample that was really run until it died, and the diagnosis of what it printed. Logs are kept in memory, one run for each name.</summary>
internal static class RealCrash
{
    private const int Attempts = 4;
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<(string Sample, string Go, string Traceback), byte[]> s_logs = [];

    public static Toolchain Oldest => Toolchain.Oldest ?? throw new InvalidOperationException("no Go toolchain in the cache: run eng/toolchains.sh");

    public static Toolchain Newest => Toolchain.Newest ?? throw new InvalidOperationException("no Go toolchain in the cache: run eng/toolchains.sh");

    public static string BinaryOf(string sample, Toolchain toolchain, BuildMode mode = BuildMode.Plain)
        => SampleBinary.Build(SampleProgram.Find(sample), toolchain, mode).Path;

    /// <summary>What a sample prints when it dies.</summary>
    public static byte[] LogOf(string sample, Toolchain toolchain, string traceback = "all")
    {
        lock (s_gate)
        {
            if (s_logs.TryGetValue((sample, toolchain.Name, traceback), out var known))
                return known;
            var binary = SampleBinary.Build(SampleProgram.Find(sample), toolchain);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                using var run = SampleRun.Run(binary, new SampleRunOptions
                {
                    Traceback = traceback,
                    KeepLedger = false,
                    Arguments = sample switch
                    {
                        "testtimeout" => ["-test.timeout=1s"],
                        "manygoroutines" => ["2000"],
                        _ => [],
                    },
                });
                if (run.TryReadHeadline() is null)
                    continue;
                var log = File.ReadAllBytes(run.LogPath);
                s_logs.Add((sample, toolchain.Name, traceback), log);
                return log;
            }
        }

        throw new InvalidOperationException($"{sample} did not die in {Attempts} runs");
    }

    public static DiagnosisReport Diagnose(ReadOnlySpan<byte> log, string? binaryPath)
    {
        var parser = new TracebackParser("crash.log");
        parser.Write(log);
        using var binary = binaryPath is null ? null : GoBinary.Open(binaryPath);
        return Diagnose(parser.Complete(), binary);
    }

    public static DiagnosisReport Diagnose(TracebackLog log, GoBinary? binary)
        => Diagnostician.Diagnose(new DiagnosisInputs { Logs = [log], Binary = binary });
}
