using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.GoSym;
using Faultline.Reports.Text;

namespace Faultline.Cli.Calling;

/// <summary>Call paths in words. Names come from the binary and are escaped.</summary>
internal static class StepWords
{
    /// <summary>What a step does, such as <c>calls main.work</c> or <c>calls io.Writer.Write, one of 14: main.(*log).Write</c>.</summary>
    public static string Verb(CallStep step)
    {
        string callee = PrintableText.Escape(step.Callee.Name);
        string method = PrintableText.Escape(step.Method);
        string set = string.Create(CultureInfo.InvariantCulture, $"one of {step.Candidates}");
        return step.Kind switch
        {
            CallStepKind.TailCall => $"jumps to {callee}",
            CallStepKind.Deferred => $"defers {callee}",
            CallStepKind.FunctionValue when step.Candidates == 1 => $"calls the func value {callee}",
            CallStepKind.FunctionValue => $"calls a func value, {set}: {callee}",
            CallStepKind.Interface when method.Length == 0 => $"calls a method of an interface that is not known, {set}: {callee}",
            CallStepKind.Interface when step.Candidates == 1 => $"calls {method}, which is {callee}",
            CallStepKind.Interface => $"calls {method}, {set}: {callee}",
            CallStepKind.Made => $"makes a func value of {callee}; who calls it is not known",
            _ => $"calls {callee}",
        };
    }

    /// <summary>The caller as the programmer wrote it: <c>main.helper, inlined into main.work</c>.</summary>
    public static string Caller(CallStep step)
    {
        string physical = PrintableText.Escape(step.Caller.Name);
        string inlined = step.Frames is [{ Inlined: true } innermost, ..] ? $"{PrintableText.Escape(innermost.Function)}, inlined into {physical}," : physical;
        return step.IsInWrapper ? $"{inlined} (a wrapper: in no traceback)" : inlined;
    }

    /// <summary><c>main.go:53</c>; empty when the line is not known.</summary>
    public static string Place(IReadOnlyList<SourceFrame> frames) =>
        frames is [{ Line: > 0 } frame, ..] ? string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Escape(frame.File[(frame.File.LastIndexOf('/') + 1)..])}:{frame.Line}") : "";

    /// <summary>Where a path starts.</summary>
    public static string Root(CallRoot root)
    {
        string name = PrintableText.Escape(root.Function.Name);
        return root.Kind switch
        {
            CallRootKind.Goroutine => $"goroutine {name}, started {Statements(root.Statements)}",
            CallRootKind.Main => name,
            CallRootKind.Initialization => $"{name}, at the start of the program",
            CallRootKind.Export => $"{name}, called from C",
            CallRootKind.FunctionValue => $"{name}, which a go statement of a func value may start, {Statements(root.Statements)}",
            _ => name,
        };
    }

    /// <summary>How far a path is proven.</summary>
    public static string Certainty(CallRoot root)
    {
        int open = root.Steps.Count(step => !step.IsProven);
        return open == 0 ? "every step proven" : string.Create(CultureInfo.InvariantCulture, $"{open} of {root.Steps.Count} steps not proven");
    }

    private static string Statements(IReadOnlyList<GoStatement> statements)
    {
        GoStatement first = statements[0];
        string function = PrintableText.Escape(first.Frames is [var frame, ..] ? frame.Function : first.Creator.Name);
        string more = statements.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {statements.Count - 1} more") : "";
        return $"by {function} at {Place(first.Frames)}{more}";
    }
}
