using System.Globalization;
using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Text;

/// <summary>The counts of a build log, put together by what they are about.</summary>
internal static class EscapeSummary
{
    public static IEnumerable<(string Label, string Text)> Lines(EscapeLog log)
    {
        string escapes = Join(log,
            (EscapeKind.MovedToHeap, "moved to the heap"),
            (EscapeKind.EscapesToHeap, "escape"),
            (EscapeKind.DoesNotEscape, "do not"));
        string parameters = Join(log,
            (EscapeKind.LeaksToHeap, "to the heap"),
            (EscapeKind.LeaksContent, "what they point to"),
            (EscapeKind.LeaksToResult, "to a result"));
        string explained = Join(log,
            (EscapeKind.EscapeReason, "escapes explained"),
            (EscapeKind.LeakReason, "leaks explained"),
            (EscapeKind.Flow, "flows"),
            (EscapeKind.FlowStep, "steps"),
            (EscapeKind.FlowCycle, "cut off in a circle"),
            (EscapeKind.Capture, "captures"));
        string inlining = Join(log,
            (EscapeKind.CanInline, "can"),
            (EscapeKind.CannotInline, "cannot"),
            (EscapeKind.InlinedCall, "calls inlined"),
            (EscapeKind.CannotInlineCall, "calls not"),
            (EscapeKind.DeadClosure, "never used"),
            (EscapeKind.BigFunction, "big"));
        string calls = Join(log,
            (EscapeKind.Devirtualized, "devirtualized"),
            (EscapeKind.PartlyDevirtualized, "partly devirtualized"),
            (EscapeKind.ProfileDevirtualized, "devirtualized by a profile"),
            (EscapeKind.CannotDevirtualize, "cannot be"),
            (EscapeKind.ImpreciseCall, "imprecise"));
        string rest = Join(log,
            (EscapeKind.ZeroCopy, "conversions without a copy"),
            (EscapeKind.SelfAssignment, "self-assignments"),
            (EscapeKind.BoundsCheckElided, "bounds checks left out"),
            (EscapeKind.UnsafeUintptr, "unsafe uintptrs"),
            (EscapeKind.EscapingUintptr, "escaping uintptrs"),
            (EscapeKind.KeptAlive, "kept alive for a benchmark"),
            (EscapeKind.LoopVariable, "loop variables made anew"),
            (EscapeKind.Trace, "lines of -m=3"));
        return new[] { ("Values", escapes), ("Leaking", parameters), ("Why", explained), ("Inlining", inlining), ("Calls", calls), ("Other", rest) }.Where(entry => entry.Item2.Length > 0);
    }

    private static string Join(EscapeLog log, params ReadOnlySpan<(EscapeKind Kind, string Words)> counts)
    {
        List<string> parts = [];
        foreach ((EscapeKind kind, string words) in counts)
        {
            if (log.Count(kind) > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{log.Count(kind)} {words}"));
        }

        return string.Join(", ", parts);
    }
}
