using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Text;

/// <summary>The compiler's facts in words.</summary>
public static class EscapeWords
{
    /// <summary>What flows where.</summary>
    public static string Of(EscapeFlow flow) => $"{SourceOf(flow)} goes to {TargetOf(flow.Target)}";

    /// <summary>One step of a flow.</summary>
    public static string Of(EscapeStep step) => $"{ReasonOf(step.Reason)}: {step.Expression}, {step.Place}";

    /// <summary>Which literal it is.</summary>
    public static string NameOf(EscapeClosure closure)
    {
        string name = closure.Name.Length > 0 ? $"{closure.Name}, " : "";
        return closure.Fate is ClosureFate.Go ? $"{name}the go statement at {closure.Place}" : closure.Fate is ClosureFate.Defer ? $"{name}the defer at {closure.Place}" : $"{name}the func literal at {closure.Place}";
    }

    /// <summary>What becomes of a literal; empty when nothing is known.</summary>
    public static string FateOf(EscapeClosure closure) => closure.Fate switch
    {
        ClosureFate.Go => "it runs as a goroutine",
        ClosureFate.GoOrDefer => closure.At == closure.Place || closure.At.Line == 0 ? "a go statement there starts it (or a defer in a loop)" : $"a go statement at {closure.At} starts it (or a defer in a loop)",
        ClosureFate.Defer => "it runs when the function ends",
        ClosureFate.Passed => $"it leaves through {closure.Expression}, {closure.At}",
        ClosureFate.Returned => $"it is returned, {closure.At}",
        ClosureFate.Stored => $"it is kept: {closure.Expression}, {closure.At}",
        ClosureFate.Stays => "it does not escape",
        _ => "",
    };

    /// <summary>Who holds on to a variable, and how.</summary>
    public static string Of(EscapeCapture capture)
    {
        string how = capture.IsByValue ? "by value" : "by reference";
        string use = capture.Use.Line > 0 ? $", used at {capture.Use}" : "";
        if (capture.Closure is not { } closure)
            return $"held {how} by a func literal{use}";
        string fate = FateOf(closure);
        return $"held {how} by {NameOf(closure)}{use}{(fate.Length > 0 ? $"; {fate}" : "")}";
    }

    /// <summary>The verdict of a fact, with its subject.</summary>
    public static string Of(EscapeFact fact) => fact.Kind switch
    {
        EscapeKind.MovedToHeap => $"{fact.Subject} is moved to the heap",
        EscapeKind.EscapesToHeap => $"{fact.Subject} escapes to the heap",
        EscapeKind.DoesNotEscape => $"{fact.Subject} does not escape",
        EscapeKind.LeaksToHeap => $"parameter {fact.Subject} leaks: what is passed goes to the heap",
        EscapeKind.LeaksContent => $"parameter {fact.Subject} leaks its content: what it points to goes to the heap",
        EscapeKind.LeaksToResult => $"parameter {fact.Subject} leaks to result {fact.Object}{(fact.Number > 0 ? $", through {fact.Number} {(fact.Number == 1 ? "pointer" : "pointers")}" : "")}",
        EscapeKind.Capture => $"{fact.Subject} is captured {(fact.IsByValue ? "by value" : "by reference")} in {fact.Function} ({fact.Number} bytes{(fact.IsAssigned ? ", assigned to later" : "")}{(fact.IsAddressTaken ? ", its address is taken" : "")})",
        EscapeKind.CanInline => $"{fact.Subject} can be inlined{(fact.Number > 0 ? $", cost {fact.Number}" : "")}",
        EscapeKind.CannotInline => $"{fact.Subject} cannot be inlined: {fact.Object}",
        EscapeKind.CannotInlineCall => $"{fact.Subject} cannot be inlined into {fact.Function}: {fact.Object}",
        EscapeKind.InlinedCall => $"the call to {fact.Subject} is inlined",
        EscapeKind.Devirtualized or EscapeKind.ProfileDevirtualized => $"{fact.Subject} is called as {fact.Object}, not through the interface",
        EscapeKind.PartlyDevirtualized => $"{fact.Subject} is called as {fact.Object}, partly through the interface",
        EscapeKind.CannotDevirtualize => $"{fact.Subject} stays a call through the interface: {fact.Object}",
        EscapeKind.ZeroCopy => "the bytes of the string are used without a copy",
        EscapeKind.UnsafeUintptr => $"{fact.Subject} is taken for an unsafe uintptr",
        EscapeKind.EscapingUintptr => $"{fact.Subject} is marked as an escaping uintptr",
        EscapeKind.DeadClosure => $"{fact.Subject} is never used",
        _ => fact.Subject,
    };

    private static string SourceOf(EscapeFlow flow)
    {
        string name = Plain(flow.Source);
        return flow.Derefs switch
        {
            < 0 => $"the address of {name}",
            0 => name,
            1 => $"what {name} points to",
            _ => $"what {name} points to, through {flow.Derefs} pointers,",
        };
    }

    private static string TargetOf(string target) => target == "{heap}" ? "the heap" : target.StartsWith('~') ? $"result {target}" : Plain(target);

    private static string Plain(string name)
    {
        const string Storage = "{storage for ";
        if (name == "{temp}")
            return "a temporary value";
        return name.StartsWith(Storage, StringComparison.Ordinal) && name.EndsWith('}') ? name[Storage.Length..^1] : name;
    }

    private static string ReasonOf(string reason) => reason switch
    {
        "spill" => "allocated",
        "assign" or "assign-pair" => "assigned",
        "call parameter" => "passed",
        "return" => "returned",
        "address-of" => "address taken",
        "reference" => "by reference",
        _ => reason,
    };
}
