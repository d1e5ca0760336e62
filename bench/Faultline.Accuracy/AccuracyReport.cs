using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>All trials as Markdown tables. Each cell is "right of judged".</summary>
internal sealed class AccuracyReport(IReadOnlyList<Trial> trials, IReadOnlyList<string> arguments, bool isStopped)
{
    private static readonly (string Name, Func<Score, bool> Holds, bool IsWanted)[] s_measures =
    [
        ("victim", score => score.VictimIsExact, true),
        ("goroutine first", score => score.GoroutineIsFirst, true),
        ("goroutine+line first", score => score.FirstIsExact, true),
        ("line first", score => score.LineIsFirst, true),
        ("line among", score => score.LineIsAmong, true),
        ("wrong confirmed", score => score.WrongConfirmedCount > 0, false),
    ];

    private readonly Trial[] _judged = [.. trials.Where(trial => trial.Outcome == TrialOutcome.Judged)];

    public void Write(TextWriter output)
    {
        WriteHead(output);
        foreach (bool withBinary in (bool[])[true, false])
        {
            Trial[] part = [.. _judged.Where(trial => trial.WithBinary == withBinary)];
            if (part.Length == 0)
                continue;
            string title = withBinary ? "with the binary" : "with the log only";
            output.WriteLine($"\n## By sample, {title}\n");
            WriteBySample(output, part);
            output.WriteLine($"\n## By rule of the first candidate, {title}\n");
            WriteByRule(output, part);
            output.WriteLine($"\n## By version, what is below 100 %, {title}\n");
            WriteByVersion(output, part, withBinary ? s_measures : [s_measures[0], s_measures[^1]]);
        }
        WriteMisses(output);
    }

    private void WriteHead(TextWriter output)
    {
        int crashes = trials.DistinctBy(trial => trial.WithBinary).Count() is var ways and > 0 ? trials.Count / ways : 0;
        output.WriteLine("# Accuracy\n");
        output.WriteLine($"{crashes} runs of samples with a known culprit; made by `bench/accuracy {string.Join(' ', arguments)}`{(isStopped ? ", which was stopped before its end" : "")}.");
        output.WriteLine($"Go: {string.Join(", ", trials.Select(trial => trial.Case.Toolchain.Release).Distinct(StringComparer.Ordinal))}. {Environment.ProcessorCount} processors.\n");
        foreach (TrialOutcome outcome in Enum.GetValues<TrialOutcome>())
        {
            Trial[] part = [.. trials.Where(trial => trial.Outcome == outcome && trial.WithBinary == trials[0].WithBinary)];
            string where = outcome == TrialOutcome.Judged || part.Length == 0 ? "" : ": " + string.Join(", ", part.CountBy(trial => trial.Case).Select(item => $"{item.Key} ({item.Value})"));
            output.WriteLine($"- {outcome switch { TrialOutcome.Judged => "judged", TrialOutcome.NoCrash => "did not crash", _ => "crashed, but the ledger names nobody" }}: {part.Length}{where}");
        }
        output.WriteLine("\n**victim**: goroutine, operation and line are right. **goroutine(+line) first**: right in the first candidate. **line first / among**: the line of the");
        output.WriteLine("first / of any candidate is right. **wrong confirmed**: diagnoses with a candidate called confirmed whose line or goroutine is wrong.");
    }

    private static void WriteBySample(TextWriter output, Trial[] part)
    {
        string[] levels = [.. part.Select(trial => trial.Case.Level.Name).Distinct(StringComparer.Ordinal)];
        Row(output, ["sample", .. levels.SelectMany(level => s_measures.Select(measure => $"{level}: {measure.Name}"))]);
        Rule(output, 1 + levels.Length * s_measures.Length);
        foreach (IGrouping<string, Trial> sample in part.GroupBy(trial => ModeName(trial.Case), StringComparer.Ordinal).Append(new AllTrials(part)))
            Row(output, [sample.Key, .. levels.SelectMany(level => s_measures.Select(measure => Cell(sample.Where(trial => trial.Case.Level.Name == level), measure.Holds)))]);
    }

    private static void WriteByRule(TextWriter output, Trial[] part)
    {
        Row(output, ["rule", "confidence", "n", "line right", "goroutine named", "goroutine right", "wrong"]);
        Rule(output, 7);
        var groups = part.GroupBy(trial => trial.Score!.Answer.Rivals is [var first, ..] ? (first.Rule, first.Confidence) : ("no candidate", "-"));
        foreach (var group in groups.OrderBy(group => group.Key.Item1, StringComparer.Ordinal).ThenBy(group => group.Key.Item2, StringComparer.Ordinal))
        {
            Score[] scores = [.. group.Select(trial => trial.Score!)];
            Score[] naming = [.. scores.Where(score => score.Answer.Rivals is [{ Goroutine: not null }, ..])];
            Row(output,
            [
                $"`{group.Key.Item1}`", group.Key.Item2, $"{scores.Length}", $"{scores.Count(score => score.LineIsFirst)}",
                $"{naming.Length}", $"{naming.Count(score => score.IsTrueGoroutine(score.Answer.Rivals[0]))}", $"{scores.Count(score => score.FirstIsWrong)}",
            ]);
        }
    }

    // The log alone can name nobody as a rule: there only what must not fail is broken down.
    private static void WriteByVersion(TextWriter output, Trial[] part, (string Name, Func<Score, bool> Holds, bool IsWanted)[] measures)
    {
        string[] versions = [.. part.Select(trial => trial.Case.Toolchain.Name).Distinct(StringComparer.Ordinal)];
        Row(output, ["sample", "level", "measure", .. versions]);
        Rule(output, 3 + versions.Length);
        foreach (var group in part.GroupBy(trial => (Sample: ModeName(trial.Case), trial.Case.Level)))
        {
            foreach ((string name, Func<Score, bool> holds, bool isWanted) in measures)
            {
                if (group.All(trial => holds(trial.Score!) == isWanted))
                    continue;
                Row(output, [group.Key.Sample, group.Key.Level.Name, name, .. versions.Select(version => Cell(group.Where(trial => trial.Case.Toolchain.Name == version), holds))]);
            }
        }
    }

    private void WriteMisses(TextWriter output)
    {
        Trial[] misses = [.. _judged.Where(trial => Trial.IsMiss(trial.Score!, trial.WithBinary))];
        output.WriteLine($"\n## Misses: {misses.Length}\n");
        foreach (Trial miss in misses)
        {
            Score score = miss.Score!;
            output.WriteLine($"- {miss.Case}, {(miss.WithBinary ? "with the binary" : "log only")}: {string.Join(", ", Reasons(miss))}");
            if (!score.VictimIsExact)
                output.WriteLine($"  - victim: expected {TruthText.Of(score.Truth.Victim)}; said {score.Answer.Victim?.ToString() ?? "nothing"}");
            string kinds = string.Join("/", score.Truth.Rivals.Select(rival => rival.Class).Distinct());
            output.WriteLine($"  - rival: expected {TruthText.Rivals(score.Truth)} [{kinds}, window {score.Truth.Window / 1000} µs]; said {string.Join("; ", score.Answer.Rivals.Take(3))}{(score.Answer.Rivals.Count > 3 ? " …" : "")}");
            if (miss.KeptFolder is { } folder)
                output.WriteLine($"  - kept: {Path.GetFileName(folder)}");
        }
    }

    private static IEnumerable<string> Reasons(Trial miss)
    {
        if (!miss.Score!.VictimIsExact)
            yield return "victim";
        if (miss.Score.WrongConfirmedCount > 0)
            yield return "wrong confirmed";
        if (miss.Score.FirstIsWrong)
            yield return $"first candidate wrong ({miss.Score.Answer.Rivals[0].Confidence})";
        if (miss.WithBinary && !miss.Score.LineIsAmong)
            yield return "line not among";
    }

    private static string ModeName(CrashCase item) => item.Mode == BuildMode.Plain ? item.Program.Name : $"{item.Program} {item.Mode}";

    private static string Cell(IEnumerable<Trial> trials, Func<Score, bool> holds)
    {
        Trial[] counted = [.. trials];
        return counted.Length == 0 ? "-" : $"{counted.Count(trial => holds(trial.Score!))}/{counted.Length}";
    }

    private static void Row(TextWriter output, IEnumerable<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static void Rule(TextWriter output, int columns) => output.WriteLine($"|{string.Concat(Enumerable.Repeat(" --- |", columns))}");

    /// <summary>The last row: every sample together.</summary>
    private sealed class AllTrials(Trial[] trials) : IGrouping<string, Trial>
    {
        public string Key => "**all**";

        public IEnumerator<Trial> GetEnumerator() => trials.AsEnumerable().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
