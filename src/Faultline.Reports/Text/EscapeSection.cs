using Faultline.Diagnosis.Escapes;
using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Text;

/// <summary>Where the variables of both sides escaped, and who captured them.</summary>
internal static class EscapeSection
{
    private const int ShownHolders = 8;
    private const int ShownContents = 3;

    /// <param name="page">Where it goes.</param>
    /// <param name="escapes">The variables.</param>
    /// <param name="nameOf">What a side is called.</param>
    public static void Write(TextPage page, IReadOnlyList<VariableEscape> escapes, Func<int, string> nameOf)
    {
        foreach (VariableEscape escape in escapes)
        {
            EscapeVariable variable = escape.Variable;
            string function = variable.Function.Length > 0 ? $" in {variable.Function}" : "";
            string where = variable.IsMoved ? "was moved to the heap" : "stays where it is: func literals have copies of it, and share what it holds";
            page.Entry("Escaped", $"{(escape.IsByLine ? "perhaps " : "")}{variable.Name}, {variable.Declared}{function}, {where} ({Wording.Source(escape.Source)}:{variable.LogLine}){(escape.IsByLine ? "; the source is not here: it is the only variable whose first use in that literal is on that line" : "")}");
            foreach (EscapeExplanation content in variable.Contents.Where(content => content.Head.Kind == EscapeKind.EscapeReason).Take(ShownContents))
                page.Entry("", $"it holds {content.Head.Subject}, {content.Head.Place}, which is on the heap ({Wording.Source(escape.Source)}:{content.Head.LogLine})");
            foreach (EscapeHolder holder in escape.Holders.Take(ShownHolders))
                page.Entry("", Of(holder, nameOf));
            if (escape.Holders.Count > ShownHolders)
                page.Entry("", $"… {escape.Holders.Count - ShownHolders} more literals hold it");
            if (escape.Holders.Count == 0 && variable.Reasons.SelectMany(reason => reason.Steps).LastOrDefault() is { } step)
                page.Entry("", EscapeWords.Of(step));
        }
    }

    private static string Of(EscapeHolder holder, Func<int, string> nameOf)
    {
        string sides = string.Join(" and ", holder.Sides.Select(nameOf));
        string who = sides.Length == 0 ? "" : $"{sides}: ";
        if (!holder.IsStarted || holder.Capture.Closure is not { } closure)
            return $"{who}{EscapeWords.Of(holder.Capture)}";
        // The record of the goroutine names the statement, so it is no defer.
        return $"{who}{EscapeWords.Of(holder.Capture with { Closure = closure with { Fate = ClosureFate.Go } })}";
    }
}
