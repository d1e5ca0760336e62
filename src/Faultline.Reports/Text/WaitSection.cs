using System.Globalization;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Reports.Text;

/// <summary>Who waits for whom: the circle first, in words, then who is stuck; bystanders folded.</summary>
internal static class WaitSection
{
    private const int StuckShown = 20;
    private const int IdsShown = 3;
    private const int CyclesShown = 10;
    private const int StepsShown = 20;
    private const int BystandersShown = 10;
    private const int CodeShown = 10;

    public static void Write(TextPage page, WaitGraph graph)
    {
        foreach (WaitCycle cycle in graph.Cycles.Take(CyclesShown))
        {
            page.Heading(string.Create(CultureInfo.InvariantCulture, $"Circle of {cycle.Goroutines.Count}: {cycle.Pattern}, {Wording.Confidence(cycle.Confidence)}"));
            foreach (string step in WaitWords.Describe(graph, cycle).Take(StepsShown))
                page.Paragraph(2, step, hang: 4, "-", Ink.Plain);
            if (cycle.Goroutines.Count > StepsShown)
                page.Paragraph(2, string.Create(CultureInfo.InvariantCulture, $"… {cycle.Goroutines.Count - StepsShown} more steps (use --format json)"));
        }

        if (graph.Cycles.Count > CyclesShown)
            page.Paragraph(2, string.Create(CultureInfo.InvariantCulture, $"… {graph.Cycles.Count - CyclesShown} more circles (use --format json)"));
        if (graph.Stuck.Count > 0)
            WriteStuck(page, graph);
        WriteCode(page, graph);
    }

    /// <summary>Those that wait, and of whom nothing says that they always will.</summary>
    public static void WriteBystanders(TextPage page, WaitGraph graph)
    {
        HashSet<long> stuck = [.. graph.Stuck.Select(item => item.Goroutine)];
        List<WaitNode> waiting = [.. graph.Nodes.Where(node => node is { Goroutine: { } id, State.Length: > 0 } && !stuck.Contains(id)).OrderByDescending(node => node.Count).ThenBy(node => node.Goroutine)];
        if (waiting.Count == 0)
            return;
        page.Heading(string.Create(CultureInfo.InvariantCulture, $"Waiting, and not known to be stuck ({waiting.Sum(node => node.Count)})"));
        foreach (WaitNode node in waiting.Take(BystandersShown))
        {
            IEnumerable<string> objects = graph.Edges.Where(edge => edge.From == node.Id && !edge.IsInferred && edge.Kind != WaitEdgeKind.UnblockedBefore).Take(3).Select(edge => Awaited(graph, edge));
            IEnumerable<string> wakers = graph.Edges.Where(edge => edge.To == node.Id && edge.Kind == WaitEdgeKind.UnblockedBefore).Take(3)
                .Select(edge => string.Create(CultureInfo.InvariantCulture, $"; unblocked before by goroutine {edge.From[1..]}{(edge.Count > 1 ? $", {edge.Count} times" : "")}"));
            page.Paragraph(2, $"{Who(node)} {Place(node)}{string.Concat(objects)}{string.Concat(wakers)}", hang: 4, "-", Ink.Plain);
        }

        if (waiting.Count > BystandersShown)
            page.Paragraph(2, string.Create(CultureInfo.InvariantCulture, $"… {waiting.Count - BystandersShown} more places (use --format json)"));
    }

    /// <summary>Whose code could end which wait.</summary>
    private static void WriteCode(TextPage page, WaitGraph graph)
    {
        List<IGrouping<string, WaitEdge>> waits = [.. graph.Edges.Where(edge => edge.Kind == WaitEdgeKind.CodeCouldWake).GroupBy(edge => edge.To, StringComparer.Ordinal)];
        if (waits.Count == 0)
            return;
        page.Heading("Whose code could end a wait (same field or variable, maybe another channel)");
        Dictionary<string, WaitNode> nodes = graph.Nodes.Where(node => node.Goroutine is not null).ToDictionary(node => node.Id, StringComparer.Ordinal);
        foreach (IGrouping<string, WaitEdge> wait in waits.Take(CodeShown))
        {
            page.Paragraph(2, $"{Who(nodes[wait.Key])} {Place(nodes[wait.Key])}:", hang: 4, "-", Ink.Plain);
            foreach (WaitEdge edge in wait)
                page.Paragraph(4, $"{Who(nodes[edge.From])} {Place(nodes[edge.From])} comes to {edge.Note}", hang: 6);
        }

        if (waits.Count > CodeShown)
            page.Paragraph(2, string.Create(CultureInfo.InvariantCulture, $"… {waits.Count - CodeShown} more waits (use --format json)"));
    }

    private static void WriteStuck(TextPage page, WaitGraph graph)
    {
        page.Heading(string.Create(CultureInfo.InvariantCulture, $"Stuck ({graph.Stuck.Count})"));
        Dictionary<string, WaitNode> nodes = graph.Nodes.Where(node => node.Goroutine is not null).ToDictionary(node => node.Id, StringComparer.Ordinal);
        List<IGrouping<string, StuckGoroutine>> alike = [.. graph.Stuck.GroupBy(item =>
        {
            string place = nodes.TryGetValue(item.Node, out WaitNode? node) ? $"[{node.State}] {Place(node)}: " : "";
            return $"{place}{item.Reason} ({Wording.Confidence(item.Confidence)})";
        }, StringComparer.Ordinal)];
        foreach (IGrouping<string, StuckGoroutine> group in alike.Take(StuckShown))
            page.Paragraph(2, Who([.. group.Select(item => item.Goroutine)]) + group.Key, hang: 4, "-", Ink.Plain);
        if (alike.Count > StuckShown)
            page.Paragraph(2, string.Create(CultureInfo.InvariantCulture, $"… {alike.Skip(StuckShown).Sum(group => group.Count())} more (use --format json)"));
        if (graph.Note is { } note)
            page.Paragraph(2, note);
    }

    private static string Awaited(WaitGraph graph, WaitEdge edge)
    {
        WaitNode target = graph.Nodes.First(node => node.Id == edge.To);
        List<string> partners = [.. graph.Edges.Where(other => other.IsInferred && other.To == edge.To && other.From != edge.From).Take(3).Select(other => other.From)];
        string who = partners.Count == 0 ? "" : $" ({(graph.Edges.Any(other => other.To == edge.To && other.Kind == WaitEdgeKind.Holds) ? "held by" : "within reach of")} {string.Join(", ", partners)}, inferred)";
        return $"; {WaitWords.Verb(edge.Kind)} {WaitWords.Name(target)}{who}";
    }

    private static string Who(List<long> goroutines) => goroutines.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"goroutine {goroutines[0]} ")
        : string.Create(CultureInfo.InvariantCulture, $"{goroutines.Count} goroutines ({string.Join(", ", goroutines.Take(IdsShown))}{(goroutines.Count > IdsShown ? ", …" : "")}) ");

    private static string Who(WaitNode node) => node.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"goroutine {node.Goroutine} [{node.State}]")
        : string.Create(CultureInfo.InvariantCulture, $"{node.Count} × [{node.State}] goroutine {node.Goroutine} …");

    private static string Place(WaitNode node) => node.Function.Length == 0
        ? "in the runtime"
        : string.Create(CultureInfo.InvariantCulture, $"at {node.Function} ({node.File[(node.File.LastIndexOf('/') + 1)..]}:{node.Line})");
}
