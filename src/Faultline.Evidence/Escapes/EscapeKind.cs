namespace Faultline.Evidence.Escapes;

/// <summary>What a line of the Go compiler's optimisation output says (<c>go build -gcflags=-m</c>, <c>-m=2</c>, <c>-m=3</c>).</summary>
public enum EscapeKind
{
    /// <summary>None of the compiler's optimisation output.</summary>
    Other,

    /// <summary><c># example.com/app</c>: the lines that follow are about this package.</summary>
    Package,

    /// <summary><c>moved to heap: v</c>: a variable lives on the heap.</summary>
    MovedToHeap,

    /// <summary><c>make([]int, n) escapes to heap</c>: an allocation or a closure lives on the heap.</summary>
    EscapesToHeap,

    /// <summary><c>make([]int, 3) does not escape</c>: it lives on the stack, or a parameter goes nowhere.</summary>
    DoesNotEscape,

    /// <summary><c>leaking param: p</c>: what the caller passes goes to the heap.</summary>
    LeaksToHeap,

    /// <summary><c>leaking param content: p</c>: what it points to goes to the heap.</summary>
    LeaksContent,

    /// <summary><c>leaking param: p to result ~r0 level=0</c>.</summary>
    LeaksToResult,

    /// <summary><c>v escapes to heap in f:</c>: the flow follows.</summary>
    EscapeReason,

    /// <summary><c>parameter p leaks to {heap} for f with derefs=0:</c>: the flow follows.</summary>
    LeakReason,

    /// <summary><c>flow: {heap} ← &amp;v:</c>: one step of an explanation.</summary>
    Flow,

    /// <summary><c>from v (captured by a closure) at FILE:LINE:COL</c>: why and where a flow happens.</summary>
    FlowStep,

    /// <summary>The explanation goes in a circle and was cut off by the compiler.</summary>
    FlowCycle,

    /// <summary><c>f capturing by ref: v (addr=false assign=true width=8)</c>.</summary>
    Capture,

    /// <summary><c>can inline f</c>.</summary>
    CanInline,

    /// <summary><c>cannot inline f: reason</c>.</summary>
    CannotInline,

    /// <summary><c>cannot inline g into f: reason</c>.</summary>
    CannotInlineCall,

    /// <summary><c>inlining call to f</c>.</summary>
    InlinedCall,

    /// <summary><c>devirtualizing x.M to T</c>.</summary>
    Devirtualized,

    /// <summary><c>partially devirtualizing x.M to T</c>.</summary>
    PartlyDevirtualized,

    /// <summary><c>PGO devirtualizing interface call x.M to T.M</c>.</summary>
    ProfileDevirtualized,

    /// <summary><c>cannot devirtualize x.M(): reason</c>.</summary>
    CannotDevirtualize,

    /// <summary><c>f ignoring self-assignment in s.a = s.a[:n]</c>.</summary>
    SelfAssignment,

    /// <summary><c>zero-copy string->[]byte conversion</c>.</summary>
    ZeroCopy,

    /// <summary><c>assuming p is unsafe uintptr</c>.</summary>
    UnsafeUintptr,

    /// <summary><c>marking p as escaping uintptr</c>.</summary>
    EscapingUintptr,

    /// <summary><c>index bounds check elided</c>.</summary>
    BoundsCheckElided,

    /// <summary><c>function f considered 'big'; …</c>.</summary>
    BigFunction,

    /// <summary><c>unreferenced closure f marked as dead</c>.</summary>
    DeadClosure,

    /// <summary><c>imprecise interface call</c>.</summary>
    ImpreciseCall,

    /// <summary>What a benchmark's loop keeps alive, or does not inline.</summary>
    KeptAlive,

    /// <summary><c>loop variable i now per-iteration, heap-allocated</c> (<c>-d=loopvar=2</c>).</summary>
    LoopVariable,

    /// <summary>What <c>-m=3</c> and more add: statements, labels, trees.</summary>
    Trace,
}

/// <summary>The kinds for readers and programs.</summary>
public static class EscapeKinds
{
    /// <summary>How many there are.</summary>
    public const int Count = (int)EscapeKind.Trace + 1;

    /// <summary>A verdict on where something lives.</summary>
    public static bool IsVerdict(EscapeKind kind) => kind is EscapeKind.MovedToHeap or EscapeKind.EscapesToHeap or EscapeKind.DoesNotEscape;

    /// <summary>A line of an explanation below its head.</summary>
    public static bool IsExplanation(EscapeKind kind) => kind is EscapeKind.Flow or EscapeKind.FlowStep or EscapeKind.FlowCycle;
}
