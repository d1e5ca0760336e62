using System.Diagnostics;
using System.Text.Json.Nodes;
using Faultline.Binaries;
using Faultline.Evidence.Carriers;
using Faultline.Reports.Json;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>Crash files that <c>debug.SetCrashOutput</c> made (Go 1.23 and newer).</summary>
public sealed class CrashOutputTests
{
    [Theory]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public void The_file_reads_as_the_log_does(string release)
    {
        var path = RealCrash.BinaryOf("crashoutput", Toolchain.TryFind(release)!);
        var file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(path, [file]) { UseShellExecute = false, RedirectStandardError = true };
            start.Environment["GOTRACEBACK"] = "all";
            using var process = Process.Start(start)!;
            using MemoryStream log = new();
            process.StandardError.BaseStream.CopyTo(log);
            process.WaitForExit();
            Assert.Equal(2, process.ExitCode);
            using var binary = GoBinary.Open(path);
            var (printed, kept) = (Report(log.ToArray(), binary), Report(File.ReadAllBytes(file), binary));
            Assert.Equal("nil-map-write", Assert.Single(kept)!["fault"]!["kind"]!.GetValue<string>());
            Assert.Equal(printed.ToJsonString(), kept.ToJsonString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The file begins with the panic, so line numbers differ by what the program printed before.
    private static JsonArray Report(byte[] bytes, GoBinary binary)
    {
        using MemoryStream stream = new(bytes);
        using MemoryStream output = new();
        JsonReport.Write(Diagnostician.Diagnose(new DiagnosisInputs { Logs = LogReader.Parse(stream, "log"), Binary = binary }), output);
        var incidents = JsonNode.Parse(output.ToArray())!["incidents"]!.AsArray();
        foreach (var evidence in incidents.SelectMany(incident => incident!["evidence"]!.AsArray()))
            evidence!.AsObject().Remove("line");
        return incidents;
    }
}
