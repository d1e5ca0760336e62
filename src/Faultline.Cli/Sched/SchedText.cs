using Faultline.Evidence.Scheduling;
using Faultline.Reports.Text;

namespace Faultline.Cli.Sched;

/// <summary>A scheduler trace for people: the steps, their course in blocks, and what was found.</summary>
internal sealed class SchedText(TextWriter writer, TextStyle style, string source) : ISchedOutput
{
    private const int LinesWidth = 60;

    private long _lastIndex;

    public void Write(SchedulerStep step)
    {
        if (_lastIndex == 0)
            writer.Write($"{Title("Steps")} of {PrintableText.Escape(source == "-" ? "standard input" : source)}\n{StepTable.Heading}\n");
        if (step.Index != _lastIndex + 1)
            writer.Write($"{"…",10}  {step.Index - _lastIndex - 1} more\n");
        writer.Write(StepTable.Row(step) + "\n");
        _lastIndex = step.Index;
    }

    public void Finish(SchedulerSeries series, long? goroutine)
    {
        if (series.StepCount > _lastIndex)
            writer.Write($"{"…",10}  {series.StepCount - _lastIndex} more\n");
        WriteCourse(series);
        if (goroutine is { } id)
            WriteGoroutine(series, id);
        WriteFindings(series);
    }

    private void WriteCourse(SchedulerSeries series)
    {
        string from = series.Stream is { } stream ? $", stream {PrintableText.Escape(stream)}" : "";
        writer.Write($"\n{Title("Course")} of {Count(series.StepCount, "step")}, {series.DetailedCount} with details, from {series.Buckets[0].FirstTime} ms to {series.Buckets[^1].LastTime} ms{from}\n");
        foreach ((string label, string line, string numbers) in SeriesLines.Draw(series, LinesWidth))
            writer.Write($"  {label}{(style.Color ? $"\e[36m{line}\e[0m" : line)}  {numbers}\n");
    }

    private void WriteGoroutine(SchedulerSeries series, long id)
    {
        writer.Write($"\n{Title($"Goroutine {id}")}, by the state that it was seen in\n");
        foreach (GoroutineChange change in series.Changes)
        {
            string steps = change.Steps == 1 ? $"step {change.FirstStep}" : $"{change.Steps} steps, {change.FirstStep} to {change.LastStep}";
            string thread = change.Thread is { } on ? $", M{on}" : "";
            string locked = change.LockedThread is { } to ? $", locked to M{to}" : "";
            string reason = change.Reason.Length > 0 ? $" ({PrintableText.Escape(change.Reason)})" : "";
            writer.Write($"{change.FirstTime,12} to {change.LastTime,8} ms  {change.Status}{reason}{thread}{locked}  {steps}\n");
        }
    }

    private void WriteFindings(SchedulerSeries series)
    {
        writer.Write($"\n{Title("Findings")}\n");
        if (series.Findings.Count == 0)
            writer.Write("  none: no rule of docs/sched.md applies\n");
        foreach (SchedulerFinding finding in series.Findings)
            Wrap(PrintableText.Escape(finding.Summary), finding.IsUsual ? "-" : "*");
        if (series.DetailedCount == 0)
            Wrap("Goroutines are not in this log; GODEBUG=schedtrace=1000,scheddetail=1 adds them.", "-");
    }

    private void Wrap(string text, string mark)
    {
        int column = 4;
        writer.Write($"  {mark}");
        foreach (string word in text.Split(' '))
        {
            if (column + word.Length > style.Width && column > 4)
            {
                writer.Write("\n   ");
                column = 4;
            }

            writer.Write(" " + word);
            column += word.Length + 1;
        }

        writer.Write('\n');
    }

    private string Title(string text) => style.Color ? $"\e[1m{text}\e[0m" : text;

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
