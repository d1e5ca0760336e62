using System.Globalization;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Waiting;

/// <summary>Circles and waits in words. Never surer than the confidence they have.</summary>
public static class WaitWords
{
    /// <summary>Such as <c>mutex 0xc0000140a0</c>.</summary>
    public static string Name(WaitNode node) => node.Goroutine is { } id
        ? string.Create(CultureInfo.InvariantCulture, $"goroutine {id}")
        : string.Create(CultureInfo.InvariantCulture, $"{Name(node.Kind)} 0x{node.Address:x}");

    /// <summary>What a goroutine does to an object, in the present.</summary>
    public static string Verb(WaitEdgeKind kind) => kind switch
    {
        WaitEdgeKind.WaitsToSend => "waits to send on",
        WaitEdgeKind.WaitsToReceive => "waits to receive from",
        WaitEdgeKind.WaitsToLock => "waits to lock",
        WaitEdgeKind.WaitsToReadLock => "waits to read-lock",
        WaitEdgeKind.WaitsFor => "waits for",
        WaitEdgeKind.Holds => "holds",
        WaitEdgeKind.UnblockedBefore => "unblocked before",
        WaitEdgeKind.CodeCouldWake => "could wake, by its code,",
        _ => "could end a wait for",
    };

    /// <summary>A circle, one step a line, as they are asked for: who waits for what where, and who has it.</summary>
    public static IEnumerable<string> Describe(WaitGraph graph, WaitCycle cycle)
    {
        for (var index = 0; index < cycle.Goroutines.Count; index++)
        {
            var waiter = Find(graph, cycle.Goroutines[index]);
            var awaited = graph.Nodes.First(node => node.Id == cycle.Objects[index]);
            var edge = graph.Edges.FirstOrDefault(edge => edge.From == waiter?.Id && edge.To == awaited.Id && !edge.IsInferred);
            var next = cycle.Goroutines[(index + 1) % cycle.Goroutines.Count];
            var has = graph.Edges.FirstOrDefault(edge => edge.IsInferred && edge.To == awaited.Id && graph.Nodes.Any(node => node.Id == edge.From && node.Goroutine == next));
            var place = waiter is { Function.Length: > 0 } ? $" at {GoPackage.Short(waiter.Function)} ({waiter.File[(waiter.File.LastIndexOf('/') + 1)..]}:{waiter.Line})" : "";
            var writer = graph.Edges.FirstOrDefault(edge => edge.Kind == WaitEdgeKind.WaitsToLock && edge.To == awaited.Id && graph.Nodes.Any(node => node.Id == edge.From && node.Goroutine == next));
            var whom = next == cycle.Goroutines[index] ? "it" : string.Create(CultureInfo.InvariantCulture, $"goroutine {next}");
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"goroutine {cycle.Goroutines[index]} {Verb(edge?.Kind ?? WaitEdgeKind.WaitsFor)} {Name(awaited)}{place}, {(edge?.Kind == WaitEdgeKind.WaitsToReadLock && writer is not null
                    ? $"behind {whom}, which waits to lock it"
                    : has?.Kind == WaitEdgeKind.Holds ? $"which {whom} holds (inferred)" : $"a wait that {whom} could end, but it waits itself")}");
        }
    }

    /// <summary>What the graph says, in a sentence; null when it says nothing.</summary>
    public static string? Summarize(WaitGraph graph)
    {
        if (graph.Cycles is [var cycle, ..])
        {
            var sure = cycle.Confidence == Confidence.Possible ? "possibly" : "probably";
            var who = cycle.Goroutines.Count == 1
                ? string.Create(CultureInfo.InvariantCulture, $"Goroutine {cycle.Goroutines[0]} {sure} waits for itself")
                : string.Create(CultureInfo.InvariantCulture, $"Goroutines {string.Join(", ", cycle.Goroutines.Take(5))}{(cycle.Goroutines.Count > 5 ? " …" : "")} {sure} wait for each other in a circle");
            return $"{who} ({cycle.Pattern}): {Describe(graph, cycle).First()}.";
        }

        return graph.Stuck is [var first, ..] && Find(graph, first.Goroutine) is { Function.Length: > 0 } node
            ? string.Create(CultureInfo.InvariantCulture, $"Goroutine {first.Goroutine} [{node.State}] at {GoPackage.Short(node.Function)} ({node.File[(node.File.LastIndexOf('/') + 1)..]}:{node.Line}): {first.Reason}.")
            : null;
    }

    private static WaitNode? Find(WaitGraph graph, long goroutine) => graph.Nodes.FirstOrDefault(node => node.Goroutine == goroutine);

    /// <summary>As programmers write it.</summary>
    internal static string Name(WaitNodeKind kind) => kind switch
    {
        WaitNodeKind.Channel => "chan",
        WaitNodeKind.Mutex => "mutex",
        WaitNodeKind.RWMutex => "RWMutex",
        WaitNodeKind.WaitGroup => "WaitGroup",
        WaitNodeKind.Cond => "Cond",
        WaitNodeKind.Once => "Once",
        _ => "semaphore",
    };
}
