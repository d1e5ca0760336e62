using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>What is run under <c>faultline record</c>, and in which mode.</summary>
public sealed record RecordedCase(SampleProgram Program, Toolchain Toolchain, string Mode)
{
    public const string Trace = "trace";
    public const string Targeted = "targeted";

    private const string AnswerFile = "answer.json";
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(2);

    public static IReadOnlyList<string> Modes { get; } = [Trace, Targeted];

    /// <summary>The four workloads that tell recordings apart: busy, two writers, rare, gone.</summary>
    public static IReadOnlyList<string> Samples { get; } = ["maphot", "mapww", "maprare", "maphandlers"];

    /// <summary>Records one crash in a folder of its own. The tool's report is what <see cref="ReadAnswer"/> reads.</summary>
    /// <param name="tool">The native <c>faultline</c>.</param>
    /// <param name="suspects">For <see cref="Targeted"/>: the report of a crash that was only logged.</param>
    /// <param name="folder">Folder for the run.</param>
    public SampleRun Run(string tool, string? suspects, string folder)
    {
        string[] record = [tool, "record", "--mode", Mode, .. suspects is null ? (string[])[] : ["--suspects", suspects], "-o", BundlePath(folder), "--format", "json", "--"];
        // The tool's standard output is its report; the sample prints nothing there.
        return SampleRun.Run(
            SampleBinary.Build(Program, Toolchain, BuildMode.Plain),
            new SampleRunOptions { Wrapper = ["sh", "-c", $"exec \"$@\" > {AnswerFile}", "sh", .. record], TimeLimit = s_timeLimit },
            folder);
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
