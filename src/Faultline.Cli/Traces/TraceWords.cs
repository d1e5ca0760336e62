using System.Globalization;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Reports.Text;

namespace Faultline.Cli.Traces;

/// <summary>Times, places and states in words. What comes from the trace is made printable here.</summary>
internal static class TraceWords
{
    public static string Duration(long nanoseconds) => nanoseconds switch
    {
        < 1_000 => $"{nanoseconds} ns",
        < 1_000_000 => Number(nanoseconds / 1e3, "µs"),
        < 1_000_000_000 => Number(nanoseconds / 1e6, "ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.00} s"),
    };

    public static string Share(long part, long whole) => whole > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %") : "0 %";

    public static string Of(long count, string one) => Of(count, one, one + "s");

    public static string Of(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";

    /// <summary>Where the user's code stands, on one line: <c>main.worker main.go:44</c>.</summary>
    public static string Place(TraceStack stack) => stack.IsEmpty ? "a place that was not recorded" : Place(stack.UserFrame);

    public static string Place(TraceFrame frame) => frame.Function.Length == 0 ? "a place whose name is missing" : $"{PrintableText.Escape(frame.Function)} {PrintableText.Escape(FileName(frame.File))}:{frame.Line}";

    public static string Function(string name) => name.Length == 0 ? "start not recorded" : PrintableText.Escape(name);

    /// <summary>The name of a task or region.</summary>
    public static string Name(string name) => name.Length == 0 ? "(without a name)" : PrintableText.Escape(name);

    public static string State(TraceState state) => state switch
    {
        TraceState.NotExist => "ended",
        TraceState.Undetermined => "lost sight of",
        TraceState.Syscall => "in a system call",
        TraceState.Runnable => "runnable",
        TraceState.Running => "running",
        TraceState.Waiting => "waiting",
        _ => "unknown",
    };

    /// <summary>The end of a wait for a goroutine, or for the runtime itself.</summary>
    public static string Unblocker(long goroutine) => goroutine switch
    {
        TraceEvent.Nobody => "the runtime (timer or network)",
        UnblockEdge.Several => "several goroutines",
        _ => $"goroutine {goroutine}",
    };

    public static string Blocked(long goroutine) => goroutine == UnblockEdge.Several ? "several goroutines" : $"goroutine {goroutine}";

    public static string Ids(IReadOnlyList<long> ids, long count) => string.Join(' ', ids) + (count > ids.Count ? " …" : "");

    /// <summary>Which Go versions write a format.</summary>
    public static string Versions(int minorVersion) => minorVersion switch
    {
        23 => "Go 1.23 or 1.24",
        26 => "Go 1.26 or 1.27",
        _ => $"Go 1.{minorVersion}",
    };

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Number(double value, string unit) =>
        value >= 100 ? string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}") : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {unit}");
}
