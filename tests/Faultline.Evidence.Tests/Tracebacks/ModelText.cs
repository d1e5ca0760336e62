using System.Globalization;
using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>Writes the whole model of a log as text, one fact a line: the form of the goldens.</summary>
internal sealed class ModelText
{
    private readonly StringBuilder text = new();

    public static string Write(TracebackLog log)
    {
        var writer = new ModelText();
        writer.Line($"log bytes={log.ByteCount} lines={log.LineCount}");
        foreach (Diagnostic diagnostic in log.Diagnostics)
            writer.Line($"diagnostic {diagnostic.Id} {diagnostic.Severity} at {diagnostic.Offset}: {diagnostic.Message}");
        foreach (CrashReport report in log.Reports)
            writer.Report(report);
        return writer.text.ToString();
    }

    private void Report(CrashReport report)
    {
        Line($"report {report.FirstLine}..{report.LastLine}{(report.IsTruncated ? " truncated" : "")}");
        foreach (Headline headline in report.Headlines)
            Line($"  {headline.Line}: {headline.Kind} {Quote(headline.Text)}{(headline.IsRecovered ? " recovered" : "")}{(headline.IsRepanicked ? " repanicked" : "")} raw {Quote(headline.RawText)}");
        foreach (string note in report.Notes)
            Line($"  note {Quote(note)}");
        if (report.Signal is { } signal)
            Line($"  {signal.Line}: signal {signal.Name} {Quote(signal.Description)} code={signal.Code?.ToString(CultureInfo.InvariantCulture) ?? "-"} addr={Hex(signal.Address)} pc={Hex(signal.Pc)}");
        foreach (string test in report.RunningTests)
            Line($"  running test {test}");
        if (report.Registers.Count > 0)
            Line($"  registers {string.Join(' ', report.Registers.Select(pair => $"{pair.Key}={pair.Value:x}"))}");
        if (report.Scheduler is { } scheduler)
            Scheduler(scheduler);
        if (report.RuntimeStack.Count > 0)
            Line("  runtime stack");
        foreach (TracebackFrame frame in report.RuntimeStack)
            Frame(frame);
        Line($"  raisers [{string.Join(' ', report.Raisers.Select(raiser => raiser.Id))}] stacks={report.Stacks.Count}");
        foreach (GoroutineTrace goroutine in report.Goroutines)
            Goroutine(goroutine);
    }

    private void Goroutine(GoroutineTrace goroutine)
    {
        GoroutineHeader header = goroutine.Header;
        text.Append(CultureInfo.InvariantCulture, $"  {header.LogLine}: goroutine {header.Id} {Quote(header.Status)} stack={goroutine.Stack.Index}");
        text.Append(header.G is null ? "" : $" g={Hex(header.G)} m={header.M?.ToString(CultureInfo.InvariantCulture) ?? "-"} mp={Hex(header.MAddress)}");
        text.Append(header.WaitMinutes is { } minutes ? $" minutes={minutes}" : "");
        text.Append(header.IsLockedToThread ? " locked" : "").Append(header.IsLeaked ? " leaked" : "").Append(header.IsScanned ? " scanned" : "").Append(header.IsDurable ? " durable" : "");
        text.Append(header.SyncTestBubble is { } bubble ? $" bubble={bubble}" : "");
        foreach ((string key, string value) in header.Labels)
            text.Append(CultureInfo.InvariantCulture, $" {Quote(key)}={Quote(value)}");
        Line(goroutine.IsStackUnavailable ? " unavailable" : "");
        foreach (TracebackFrame frame in goroutine.Frames)
            Frame(frame);
        if (goroutine.CreatedBy is { } creation)
            Line($"    {creation.LogLine}: created {Place(creation.Location)} by {creation.Goroutine?.ToString(CultureInfo.InvariantCulture) ?? "-"}");
        foreach (Ancestor ancestor in goroutine.Ancestors)
        {
            Line($"    {ancestor.LogLine}: ancestor {ancestor.Goroutine}");
            foreach (FrameLocation location in ancestor.Frames)
                Line($"      {Place(location)}");
            if (ancestor.CreatedBy is { } older)
                Line($"      {older.LogLine}: created {Place(older.Location)} by {older.Goroutine?.ToString(CultureInfo.InvariantCulture) ?? "-"}");
        }
    }

    private void Frame(TracebackFrame frame)
    {
        string arguments = string.Join(' ', frame.Arguments.Select(Argument));
        Line($"    {frame.LogLine}: {Place(frame.Location)} ({arguments}){(frame.FramePointer is null ? "" : $" fp={Hex(frame.FramePointer)} sp={Hex(frame.StackPointer)}")}");
    }

    private void Scheduler(SchedulerDump dump)
    {
        Line($"  {dump.LogLine}: scheduler");
        foreach (SchedulerProcessor item in dump.Processors)
            Line($"    {item}");
        foreach (SchedulerThread item in dump.Threads)
            Line($"    {item}");
        foreach (SchedulerGoroutine item in dump.Goroutines)
            Line($"    {item}");
    }

    private static string Place(FrameLocation location)
    {
        string kind = location.Kind == FrameKind.Go ? "" : location.Kind + " ";
        string elided = location.Kind == FrameKind.Elided ? (location.ElidedCount?.ToString(CultureInfo.InvariantCulture) ?? "?") : "";
        return $"{kind}{elided}{location.Function} {location.File}:{location.Line} +{Hex(location.Offset)}{(location.Pc is null ? "" : $" pc={Hex(location.Pc)}")}";
    }

    private static string Argument(Argument argument) => argument.Kind switch
    {
        ArgumentKind.Value => Hex(argument.Value) + (argument.IsStale ? "?" : ""),
        ArgumentKind.Open => "{",
        ArgumentKind.Close => "}",
        ArgumentKind.More => "...",
        _ => "_",
    };

    private static string Hex(ulong? value) => value is { } number ? number.ToString("x", CultureInfo.InvariantCulture) : "-";

    private static string Quote(string value) => '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + '"';

    private void Line(string line) => text.Append(line).Append('\n');
}
