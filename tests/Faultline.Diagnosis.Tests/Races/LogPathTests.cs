using Faultline.Diagnosis.Races;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Races;

/// <summary>What the detector writes with <c>GORACE=log_path=P</c>: a file <c>P.PID</c> for each process, and nothing on standard error.</summary>
public sealed class LogPathTests
{
    private static readonly SampleProgram Program = SampleProgram.FindParked("races");

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public void Reports_of_several_processes_are_read_from_their_files(string version)
    {
        string folder = Directory.CreateTempSubdirectory("faultline-log-path-").FullName;
        try
        {
            SampleBinary binary = SampleBinary.Build(Program, Toolchain.TryFind(version)!, BuildMode.Race);
            string[] kinds = ["closure", "mapwrite", "closure"];
            foreach (string kind in kinds)
            {
                using SampleRun run = SampleRun.Run(binary, new SampleRunOptions
                {
                    Arguments = ["truth", kind],
                    Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GORACE"] = $"atexit_sleep_ms=0 log_path={folder}/race" },
                });
                Assert.Equal(66, run.ExitCode);
                Assert.Equal(0, new FileInfo(run.LogPath).Length);
            }

            string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
            Assert.Equal(kinds.Length, files.Length);
            Assert.All(files, file => Assert.True(int.TryParse(Path.GetExtension(file).AsSpan(1), out int process) && process > 0, file));
            RaceDiagnosis diagnosis = RaceExplainer.Explain(new RaceInputs { Logs = [.. files.SelectMany(Logs)] });
            Assert.Equal((3L, 3), (diagnosis.ReportCount, diagnosis.Findings.Count));
            Assert.Equal(files, diagnosis.Findings.Select(finding => finding.Log.Source).Order(StringComparer.Ordinal));
            Assert.Equal(["counts", "total", "total"], diagnosis.Findings.Select(finding => finding.Variable!.Name).Order(StringComparer.Ordinal));
            Assert.All(diagnosis.Findings, finding => Assert.False(finding.Place.Example.IsCutOff));
            Assert.Empty(diagnosis.Diagnostics);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyList<TracebackLog> Logs(string path)
    {
        using FileStream log = File.OpenRead(path);
        return LogReader.Parse(log, path);
    }
}
