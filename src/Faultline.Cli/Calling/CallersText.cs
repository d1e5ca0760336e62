using System.Globalization;
using Faultline.Binaries.Code.Calling;
using Faultline.Reports.Text;

namespace Faultline.Cli.Calling;

/// <summary>For people: who calls the function, then a path from each place in which goroutines start.</summary>
internal static class CallersText
{
    private const int DirectLimit = 20;
    private const int PlaceWidth = 24;

    public static void Write(CallersReport report, TextWriter writer)
    {
        CallerSet callers = report.Callers;
        writer.Write($"{string.Join(", ", report.Targets.Select(target => PrintableText.Escape(target.Name)))}\n");
        WriteDirect(callers, writer);
        IReadOnlyList<CallRoot> shown = report.Roots;
        WriteSummary(report, shown, writer);
        foreach (CallRoot root in shown)
            WritePath(root, writer);
        foreach (string note in Notes(report))
            writer.Write($"\nNote: {note}\n");
    }

    private static void WriteDirect(CallerSet callers, TextWriter writer)
    {
        if (callers.Direct.Count == 0 && callers.WideCount == 0)
            writer.Write("  no caller was found\n");
        foreach (CallStep step in callers.Direct.Take(DirectLimit))
            WriteStep(step, writer);
        if (callers.Direct.Count > DirectLimit)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  and from {callers.Direct.Count - DirectLimit} more places\n"));
        if (callers.WideCount > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  {callers.WideCount} calls that were not followed could enter it too\n"));
    }

    private static void WriteSummary(CallersReport report, IReadOnlyList<CallRoot> shown, TextWriter writer)
    {
        CallerSet callers = report.Callers;
        string cut = shown.Count < callers.Roots.Count ? string.Create(CultureInfo.InvariantCulture, $", the first {shown.Count} shown") : "";
        string from = report.From is { } starts ? $" from {string.Join(", ", starts.Select(start => PrintableText.Escape(start.Name)))}" : "";
        if (callers.Roots.Count == 0)
            writer.Write($"\nNo path{from} was found.\n");
        else
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"\n{Count(callers.Roots.Count, "path")}{from}{cut}; {Count(callers.ReachedCount, "function")} on the way\n"));
    }

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static void WritePath(CallRoot root, TextWriter writer)
    {
        writer.Write($"\n{StepWords.Root(root)}{(root.Steps.Count > 0 ? $" [{StepWords.Certainty(root)}]" : "")}\n");
        foreach (CallStep step in root.Steps)
            WriteStep(step, writer);
    }

    private static void WriteStep(CallStep step, TextWriter writer) =>
        writer.Write($"  {StepWords.Place(step.Frames).PadRight(PlaceWidth)} {StepWords.Caller(step)} {StepWords.Verb(step)}\n");

    /// <summary>What limits the answer.</summary>
    public static IEnumerable<string> Notes(CallersReport report)
    {
        if (report.Callers.IsCut)
            yield return "--depth ended the search; longer paths are left out.";
        if (!report.IsFollowed)
            yield return $"on {report.Binary.Architecture} func values and the types of interfaces are not followed: such calls count as calls of anything of their kind.";
        if (report.Callers.UnfollowedCount > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"the program is large: {report.Callers.UnfollowedCount} calls of interfaces and func values were not followed and count as calls of anything of their kind.");
    }
}
