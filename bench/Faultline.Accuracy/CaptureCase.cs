using System.Diagnostics;
using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>A crash that more than a log is kept of, and how.</summary>
public sealed record CaptureCase(SampleProgram Program, Toolchain Toolchain, string Mode)
{
    public const string Trace = "trace";
    public const string Targeted = "targeted";
    public const string Catch = "catch";
    public const string Core = "core";
    public const string CoreAndLog = "core+log";

    private const string AnswerFile = "answer.json";
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(2);

    public static IReadOnlyList<string> Modes { get; } = [Trace, Targeted, Catch, Core, CoreAndLog];

    /// <summary>Made by <c>faultline record</c>, whose probes see both sides.</summary>
    public bool IsRecorded => Mode is Trace or Targeted;

    /// <summary>The four workloads that tell captures apart: busy, two writers, rare, gone.</summary>
    public static IReadOnlyList<string> Samples { get; } = ["maphot", "mapww", "maprare", "maphandlers"];

    /// <summary>Captures one crash in a folder of its own. The tool's report is what <see cref="ReadAnswer"/> reads.</summary>
    /// <param name="tool">The native <c>faultline</c>.</param>
    /// <param name="suspects">For <see cref="Targeted"/>: the report of a crash that was only logged.</param>
    /// <param name="folder">Folder for the run.</param>
    public SampleRun Run(string tool, string? suspects, string folder) => Mode switch
    {
        Core or CoreAndLog => RunForCore(tool, folder),
        Catch => RunUnder([tool, "catch", "-o", BundlePath(folder), "--format", "json", "--"], folder),
        _ => RunUnder([tool, "record", "--mode", Mode, .. suspects is null ? (string[])[] : ["--suspects", suspects], "-o", BundlePath(folder), "--format", "json", "--"], folder),
    };

    // The tool's standard output is its report; the sample prints nothing there.
    private SampleRun RunUnder(string[] wrapper, string folder) => SampleRun.Run(
        SampleBinary.Build(Program, Toolchain, BuildMode.Plain),
        new SampleRunOptions { Wrapper = ["sh", "-c", $"exec \"$@\" > {AnswerFile}", "sh", .. wrapper], TimeLimit = s_timeLimit },
        folder);

    /// <summary>As a service is run whose cores are kept. Where the kernel puts them elsewhere than into the working directory, there is no answer.</summary>
    private SampleRun RunForCore(string tool, string folder)
    {
        SampleRun run = SampleRun.Run(
            SampleBinary.Build(Program, Toolchain, BuildMode.Plain),
            new SampleRunOptions { Wrapper = ["sh", "-c", "ulimit -c unlimited; exec \"$@\"", "sh"], Traceback = "crash", TimeLimit = s_timeLimit },
            folder);
        if (Directory.GetFiles(folder, "core*") is [var core, ..] && run.TryReadHeadline() is not null)
        {
            string[] inputs = Mode == Core ? [core] : [run.LogPath, core];
            using Process diagnosis = Process.Start(tool, ["diagnose", .. inputs, "--binary", run.Binary.Path, "--format", "json", "-o", Path.Combine(folder, AnswerFile)]);
            diagnosis.WaitForExit();
            File.Delete(core);
        }

        return run;
    }

    public static string BundlePath(string folder) => Path.Combine(folder, "bundle");

    public static Answer ReadAnswer(string folder)
    {
        string path = Path.Combine(folder, AnswerFile);
        try
        {
            return File.Exists(path) ? Answer.Parse(File.ReadAllBytes(path)) : Answer.Nothing;
        }
        catch (System.Text.Json.JsonException)
        {
            return Answer.Nothing;
        }
    }

    public override string ToString() => $"{Toolchain.Name} {Program} {Mode}";
}
