using System.Globalization;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Text;

/// <summary>What a build log says about escapes, for people: a summary, or one place or variable.</summary>
public static class EscapeReport
{
    private const int ShownSteps = 40;
    private const int ShownExplanations = 12;

    /// <summary>Writes counts, reasons, packages and the variables on the heap. The writer stays open.</summary>
    /// <param name="index">The log.</param>
    /// <param name="writer">Where it goes.</param>
    /// <param name="style">Width and colours.</param>
    /// <param name="most">How many variables, reasons and packages are shown.</param>
    public static void WriteSummary(EscapeIndex index, TextWriter writer, TextStyle style, int most)
    {
        TextPage page = new(writer, style);
        EscapeLog log = index.Log;
        string carrier = log.Carrier is { } wrapped ? $", log unwrapped ({wrapped})" : "";
        page.Paragraph(0, $"{Count(log.FactCount, "line")} of the compiler among {log.LineCount}, {Count(log.Packages.Count, "package")}{carrier}", hang: 4, $"{Wording.Source(log.Source)}:", Ink.Bold);
        foreach ((string label, string text) in EscapeSummary.Lines(log))
            page.Entry(label, text);
        if (log.Reasons.Count > 0)
            page.Heading("Reasons: how what escapes gets away");
        foreach (EscapeReasonCount reason in log.Reasons.Take(most))
            page.Line(2, string.Create(CultureInfo.InvariantCulture, $"{reason.Count,8}  {(reason.Reason == "spill" ? "at once (a go statement, a defer in a loop, too large for the stack)" : reason.Reason)}"));
        WriteVariables(page, index, most);
        if (log.Packages.Count > 1)
            page.Heading("Packages with the most on the heap");
        foreach (EscapePackage package in log.Packages.Count > 1 ? log.Packages.OrderByDescending(package => package.Moved + package.Escaping).Take(most) : [])
            page.Line(2, string.Create(CultureInfo.InvariantCulture, $"{package.Moved,6} moved {package.Escaping,6} escape {package.Staying,6} do not  {(package.Name.Length > 0 ? package.Name : "(no header above)")}"));
        WriteRemarks(page, log.Diagnostics);
    }

    /// <summary>Writes all that is known of one line.</summary>
    public static void WritePlace(EscapeIndex index, EscapeQuery query, TextWriter writer, TextStyle style)
    {
        EscapeAnswer answer = EscapeAnswer.Find(index, query);
        TextPage page = new(writer, style);
        page.Line(0, $"{query}: {Count(answer.Facts.Count, "fact")}, {Count(answer.Explanations.Count, "explanation")}", Ink.Bold);
        HashSet<EscapeExplanation> told = [];
        foreach (EscapeVariable variable in answer.Variables)
            WriteVariable(page, variable, told);
        WriteExplanations(page, "Explained", answer.Explanations.Where(explanation => !told.Contains(explanation)));
        IEnumerable<EscapeFact> rest = answer.Facts.Where(fact => !answer.Variables.Any(variable => variable.Declared == fact.Place && variable.Name == fact.Subject));
        WriteFacts(page, rest);
        WriteExplanations(page, "Passing through", answer.Passing.Where(explanation => !told.Contains(explanation)));
        WriteRemarks(page, index.Log.Diagnostics);
    }

    private static void WriteVariables(TextPage page, EscapeIndex index, int most)
    {
        List<EscapeVariable> moved = [.. index.Variables().Where(variable => variable.IsMoved)
            .OrderByDescending(variable => variable.Captures.Count).ThenByDescending(variable => variable.Reasons.Count).ThenBy(variable => variable.LogLine)];
        if (moved.Count == 0)
            return;
        page.Heading("Variables on the heap, those that most literals share first");
        foreach (EscapeVariable variable in moved.Take(most))
        {
            string function = variable.Function.Length > 0 ? $" in {variable.Function}" : "";
            string width = variable.Width > 0 ? $", {Count(variable.Width, "byte")}" : "";
            string held = variable.Captures.Count > 0 ? $", held by {Count(variable.Captures.Count, "literal")}" : "";
            page.Paragraph(2, $"{variable.Declared}{function}{width}{held}", hang: 4, variable.Name, Ink.Bold);
        }

        if (moved.Count > most)
            page.Line(2, $"… {moved.Count - most} more (--top N shows more)");
    }

    private static void WriteVariable(TextPage page, EscapeVariable variable, HashSet<EscapeExplanation> told)
    {
        page.Blank();
        string where = variable.IsMoved ? "is moved to the heap" : "stays where it is declared; func literals hold a copy";
        string function = variable.Function.Length > 0 ? $", in {variable.Function}" : "";
        string width = variable.Width > 0 ? $", {Count(variable.Width, "byte")}" : "";
        page.Paragraph(0, $"{where}: {variable.Declared}{function}{width} (line {variable.LogLine} of the log)", hang: 4, variable.Name, Ink.Red);
        foreach (EscapeCapture capture in variable.Captures)
            page.Entry("Held", EscapeWords.Of(capture));
        foreach (EscapeExplanation explanation in variable.Reasons.Take(ShownExplanations))
            WriteFlows(page, "Why", explanation);
        foreach (EscapeExplanation explanation in variable.Contents.Take(ShownExplanations))
        {
            page.Entry("Content", $"{explanation.Head.Subject}, {explanation.Head.Place}, {(explanation.Head.Kind == EscapeKind.EscapeReason ? "escapes to the heap" : "a parameter, leaks")}");
            WriteFlows(page, "", explanation);
        }

        told.UnionWith(variable.Reasons);
        told.UnionWith(variable.Contents);
    }

    private static void WriteExplanations(TextPage page, string title, IEnumerable<EscapeExplanation> explanations)
    {
        int shown = 0;
        foreach (EscapeExplanation explanation in explanations)
        {
            if (shown++ == 0)
                page.Heading(title);
            if (shown > ShownExplanations)
                continue;
            EscapeFact head = explanation.Head;
            string function = head.Function.Length > 0 ? $", in {head.Function}" : "";
            page.Paragraph(2, $"{(head.Kind == EscapeKind.EscapeReason ? $"{head.Subject} escapes" : $"parameter {head.Subject} leaks")}: {head.Place}{function}", hang: 4, "-", Ink.Plain);
            WriteFlows(page, "", explanation);
        }

        if (shown > ShownExplanations)
            page.Line(2, $"… {shown - ShownExplanations} more (--format json has all)");
    }

    private static void WriteFlows(TextPage page, string label, EscapeExplanation explanation)
    {
        int shown = 0;
        foreach (EscapeFlow flow in explanation.Flows)
        {
            page.Entry(shown++ == 0 ? label : "", EscapeWords.Of(flow));
            foreach (EscapeStep step in flow.Steps)
            {
                if (shown++ < ShownSteps)
                    page.Paragraph(14, EscapeWords.Of(step), hang: 16);
            }

            if (shown >= ShownSteps)
                break;
        }

        if (explanation.IsCutOff || shown >= ShownSteps)
            page.Entry("", "… (cut off)");
    }

    private static void WriteFacts(TextPage page, IEnumerable<EscapeFact> facts)
    {
        bool isFirst = true;
        foreach (EscapeFact fact in facts.DistinctBy(fact => (fact.Kind, fact.Place, fact.Subject, fact.Object)))
        {
            if (isFirst)
                page.Heading("Facts");
            isFirst = false;
            page.Paragraph(2, $"{fact.Place}: {EscapeWords.Of(fact)}", hang: 4, "-", Ink.Plain);
        }
    }

    private static void WriteRemarks(TextPage page, IReadOnlyList<Diagnostic> diagnostics)
    {
        if (diagnostics.Count > 0)
            page.Heading("Remarks on the log");
        foreach (Diagnostic diagnostic in diagnostics)
        {
            string place = diagnostic.Offset is > 0 and { } offset ? $":{offset}" : "";
            page.Paragraph(2, $"{Wording.Source(diagnostic.Source)}{place}: {diagnostic.Message}", hang: 4, diagnostic.Id, Ink.Dim);
        }
    }

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : string.Create(CultureInfo.InvariantCulture, $"{count} {noun}s");
}
