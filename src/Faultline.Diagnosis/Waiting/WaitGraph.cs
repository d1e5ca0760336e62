using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Waiting;

/// <summary>What a node of the graph is.</summary>
public enum WaitNodeKind
{
    Goroutine,
    Channel,
    Mutex,
    RWMutex,
    WaitGroup,
    Cond,
    Once,

    /// <summary>A semaphore of something that is not known.</summary>
    Semaphore,
}

/// <summary>How a goroutine and an object belong together.</summary>
public enum WaitEdgeKind
{
    WaitsToSend,
    WaitsToReceive,
    WaitsToLock,
    WaitsToReadLock,

    /// <summary>For a group to be done, a condition to be signalled, a semaphore to be released.</summary>
    WaitsFor,

    /// <summary>Has the lock; nothing records that, it is inferred.</summary>
    Holds,

    /// <summary>Has the object within reach and might end a wait for it; inferred.</summary>
    CouldWake,

    /// <summary>Ended a wait of the other goroutine before, as a trace recorded it.</summary>
    UnblockedBefore,

    /// <summary>Its code does what would end the other goroutine's wait, to the same field or variable; whether to the same channel is not known.</summary>
    CodeCouldWake,
}

/// <summary>A goroutine or an object that goroutines wait for.</summary>
/// <param name="Id">Unique in its graph: <c>g127</c>, <c>chan:0xc00012a000</c>.</param>
/// <param name="Goroutine">The number of a goroutine; null for objects.</param>
/// <param name="Address">The address of an object; null for goroutines.</param>
/// <param name="State">The wait reason of a goroutine; empty for objects, and for one that does not wait.</param>
/// <param name="Function">The program's own function in which a goroutine waits; empty when unknown.</param>
/// <param name="File">Its file; empty when unknown.</param>
/// <param name="Line">The line; 0 when unknown.</param>
/// <param name="Count">How many goroutines it stands for: those that wait for the same at the same line are one node, under the smallest number.</param>
public sealed record WaitNode(string Id, WaitNodeKind Kind, long? Goroutine, ulong? Address, string State = "", string Function = "", string File = "", int Line = 0, int Count = 1);

/// <summary>One edge; it goes from a goroutine to an object, or for <see cref="WaitEdgeKind.UnblockedBefore"/> and <see cref="WaitEdgeKind.CodeCouldWake"/> to the other goroutine.</summary>
/// <param name="IsInferred">False when it was read: the runtime's own books, or the stack.</param>
/// <param name="Evidence">Ids of <see cref="Incidents.Incident.Evidence"/>.</param>
public sealed record WaitEdge(string From, string To, WaitEdgeKind Kind, bool IsInferred, IReadOnlyList<int> Evidence)
{
    /// <summary>How often it was seen.</summary>
    public long Count { get; init; } = 1;

    /// <summary>What an edge of code rests on, such as <c>a send to main.court+0 at main.go:14</c>; empty for others.</summary>
    public string Note { get; init; } = "";
}

/// <summary>Goroutines that wait for each other in a circle.</summary>
/// <param name="Pattern">Such as <c>lock order</c>.</param>
/// <param name="Goroutines">In the order of the circle.</param>
/// <param name="Objects">Nodes of what each of them waits for: the first one's is held, or could be given, by the second one.</param>
public sealed record WaitCycle(string Pattern, IReadOnlyList<long> Goroutines, IReadOnlyList<string> Objects, Confidence Confidence);

/// <summary>A goroutine that will not go on.</summary>
/// <param name="Object">The node of what it waits for; null for a wait without object.</param>
/// <param name="Node">The node that stands for it, maybe with others; empty when the graph has none.</param>
/// <param name="Reason">Why it will not, one sentence without a period.</param>
public sealed record StuckGoroutine(long Goroutine, string? Object, string Reason, Confidence Confidence, string Node = "");

/// <summary>Who waits for what, and who could end it.</summary>
public sealed record WaitGraph
{
    public static WaitGraph Empty { get; } = new() { Nodes = [], Edges = [], Cycles = [], Stuck = [] };

    public required IReadOnlyList<WaitNode> Nodes { get; init; }

    public required IReadOnlyList<WaitEdge> Edges { get; init; }

    /// <summary>Smallest first.</summary>
    public required IReadOnlyList<WaitCycle> Cycles { get; init; }

    /// <summary>Those of circles first, then those behind them.</summary>
    public required IReadOnlyList<StuckGoroutine> Stuck { get; init; }

    /// <summary>What was left out, one sentence; null when nothing was.</summary>
    public string? Note { get; init; }
}
