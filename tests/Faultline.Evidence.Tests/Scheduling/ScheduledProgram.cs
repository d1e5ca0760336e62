using Faultline.Samples;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>One run of the sample <c>parked/schedload</c> under a scheduler trace: its log, and the goroutines that it says matter.</summary>
internal sealed record ScheduledProgram(string Log, IReadOnlyList<long> Truth)
{
    private const int MaxRuns = 5;

    /// <summary>
    /// A run whose scheduler lines are all whole: <c>sysmon</c> writes a step whenever it is due, also while the program ends or the crash dumps the scheduler, and such a log
    /// holds a line that was cut or written into. Only the log decides which run is taken, never what is read from it.
    /// </summary>
    public static ScheduledProgram RunUndisturbed(string version, string kind, string debug, int milliseconds)
    {
        for (int run = 1; ; run++)
        {
            ScheduledProgram program = Run(version, kind, debug, milliseconds);
            if (program.IsUndisturbed)
                return program;
            Assert.True(run < MaxRuns, $"each of {MaxRuns} runs had a scheduler line that was cut or written into");
        }
    }

    private bool IsUndisturbed => Log.EndsWith('\n') && Log.Split('\n').All(line => !RegexReading.HoldsBeginning(line) || RegexReading.Lines(line).Any());

    public static ScheduledProgram Run(string version, string kind, string debug, int milliseconds = 900)
    {
        SampleBinary binary = SampleBinary.Build(SampleProgram.FindParked("schedload"), Toolchain.TryFind(version)!);
        using SampleRun run = SampleRun.Run(binary, new SampleRunOptions
        {
            Debug = debug,
            Arguments = [kind, $"{milliseconds}"],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GOMAXPROCS"] = "2" },
            TimeLimit = TimeSpan.FromSeconds(kind == "unstopped" ? 3 : 30),
        });
        string truth = Path.Combine(run.Folder, "truth");
        return new ScheduledProgram(File.ReadAllText(run.LogPath), File.Exists(truth) ? [.. File.ReadLines(truth).Where(line => line.Length > 0).Select(RegexReading.Number).Order()] : []);
    }
}
