using System.Diagnostics;
using System.Runtime.InteropServices;
using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>All captured crashes, and the tables of them.</summary>
internal static class CaptureMatrix
{
    private const int Attempts = 5;

    private static readonly (string Name, Func<CaptureTrial, bool> Holds)[] s_measures =
    [
        ("victim", trial => trial.Score!.VictimIsExact),
        ("goroutine+line first", trial => trial.Score!.FirstIsExact),
        ("line among", trial => trial.Score!.LineIsAmong),
        ("confirmed and right", trial => trial.IsConfirmed),
        ("wrong confirmed", trial => trial.Score!.WrongConfirmedCount > 0),
        ("wrong probable first", trial => trial.Score is { FirstIsWrong: true, Answer.Rivals: [{ Confidence: "probable" }, ..] }),
    ];

    public static int Run(AccuracyOptions options, string[] arguments)
    {
        CaptureCase[] cases = [.. options.CaptureCases()];
        List<CaptureTrial> trials = [];
        bool isStopped = false;
        void Stop(PosixSignalContext context) => context.Cancel = isStopped = true;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        for (int i = 0; i < cases.Length && !isStopped; i++)
        {
            Console.Error.Write($"\r{i + 1}/{cases.Length} {cases[i],-40}");
            string? suspects = cases[i].Mode == CaptureCase.Targeted ? FindSuspects(options, cases[i]) : null;
            for (int run = 1; run <= options.Runs && !isStopped; run++)
                trials.Add(RecordOnce(options, cases[i], suspects, run));
        }

        Console.Error.WriteLine();
        using TextWriter output = options.MarkdownPath is { } path ? new StreamWriter(path) { NewLine = "\n" } : Console.Out;
        Write(output, trials, arguments, isStopped);
        return 0;
    }

    // A run that ends without a crash says nothing about the tool; another one is made in its place.
    private static CaptureTrial RecordOnce(AccuracyOptions options, CaptureCase recorded, string? suspects, int run)
    {
        for (int attempt = 1; ; attempt++)
        {
            string folder = FreshFolder(options, $"{recorded} {run}");
            CaptureTrial trial = CaptureTrial.Run(recorded, options.ToolPath, suspects, folder);
            if (trial.Outcome == TrialOutcome.Judged || attempt == Attempts)
                return trial;
        }
    }

    /// <summary>The report of a first crash that was only logged, as its reader would have it.</summary>
    private static string FindSuspects(AccuracyOptions options, CaptureCase recorded)
    {
        string report = Path.Combine(options.KeepFolder, $"suspects-{recorded.Toolchain.Name}-{recorded.Program.Name}.json");
        for (int attempt = 0; attempt < Attempts && !File.Exists(report); attempt++)
        {
            using SampleRun run = SampleRun.Run(SampleBinary.Build(recorded.Program, recorded.Toolchain), new SampleRunOptions { KeepLedger = false });
            if (run.TryReadHeadline() is null)
                continue;
            using Process tool = Process.Start(options.ToolPath, ["diagnose", run.LogPath, "--binary", run.Binary.Path, "--format", "json", "-o", report]);
            tool.WaitForExit();
        }

        return report;
    }

    private static string FreshFolder(AccuracyOptions options, string name)
    {
        string folder = Path.Combine(options.KeepFolder, name.Replace(' ', '-').ToLowerInvariant());
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static void Write(TextWriter output, List<CaptureTrial> trials, string[] arguments, bool isStopped)
    {
        CaptureTrial[] judged = [.. trials.Where(trial => trial.Outcome == TrialOutcome.Judged)];
        output.WriteLine("# Accuracy of captures\n");
        output.WriteLine($"{trials.Count} crashes captured by `bench/accuracy {string.Join(' ', arguments)}`{(isStopped ? ", which was stopped before its end" : "")}, {judged.Length} judged.");
        output.WriteLine($"Go: {string.Join(", ", trials.Select(trial => trial.Case.Toolchain.Release).Distinct(StringComparer.Ordinal))}. {Environment.ProcessorCount} processors.");
        foreach (var mode in judged.GroupBy(trial => trial.Case.Mode))
        {
            string[] versions = [.. mode.Select(trial => trial.Case.Toolchain.Name).Distinct(StringComparer.Ordinal)];
            output.WriteLine($"\n## {mode.Key}\n\n| sample | measure | all | {string.Join(" | ", versions)} |\n|{string.Concat(Enumerable.Repeat(" --- |", versions.Length + 3))}");
            foreach (var sample in mode.GroupBy(trial => trial.Case.Program.Name).Append(new AllOf(mode)))
            {
                foreach ((string name, Func<CaptureTrial, bool> holds) in s_measures)
                    output.WriteLine($"| {sample.Key} | {name} | {Cell(sample, holds)} | {string.Join(" | ", versions.Select(version => Cell(sample.Where(trial => trial.Case.Toolchain.Name == version), holds)))} |");
            }
        }

        output.WriteLine("\n## By rule of the first candidate\n\n| mode | rule | confidence | n | right |\n| --- | --- | --- | --- | --- |");
        foreach (var rule in judged.GroupBy(trial => (trial.Case.Mode, First: trial.Score!.Answer.Rivals is [var first, ..] ? (first.Rule, first.Confidence) : ("no candidate", "-"))))
            output.WriteLine($"| {rule.Key.Mode} | `{rule.Key.First.Item1}` | {rule.Key.First.Item2} | {rule.Count()} | {rule.Count(trial => trial.Score!.FirstIsExact)} |");

        CaptureTrial[] misses = [.. judged.Where(trial => trial.IsNotable)];
        output.WriteLine($"\n## Wrong, or of a recording and not confirmed: {misses.Length}\n");
        foreach (CaptureTrial miss in misses)
        {
            output.WriteLine($"- {miss.Case}: expected {TruthText.Of(miss.Score!.Truth.Victim)} against {TruthText.Rivals(miss.Score.Truth)} [{string.Join('/', miss.Score.Truth.Rivals.Select(rival => rival.Class).Distinct())}, window {miss.Score.Truth.Window / 1000} µs]; "
                + $"said {miss.Score.Answer.Victim?.ToString() ?? "nothing"} against {string.Join("; ", miss.Score.Answer.Rivals.Take(3))}");
        }
    }

    private static string Cell(IEnumerable<CaptureTrial> trials, Func<CaptureTrial, bool> holds)
    {
        CaptureTrial[] counted = [.. trials];
        return counted.Length == 0 ? "-" : $"{counted.Count(holds)}/{counted.Length}";
    }

    /// <summary>The last rows: every sample together.</summary>
    private sealed class AllOf(IEnumerable<CaptureTrial> trials) : IGrouping<string, CaptureTrial>
    {
        public string Key => "**all**";

        public IEnumerator<CaptureTrial> GetEnumerator() => trials.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
