using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Races;

namespace Faultline.Reports.Text;

/// <summary>Races for people: each pair of lines with what was done, the slices under the array, and what is missing.</summary>
public static class RaceText
{
    private const int CandidatesShown = 8;
    private const int SlicesShown = 12;

    /// <summary>Writes the most frequent races first. Lines end in <c>\n</c>; text from the inputs is escaped. The writer stays open.</summary>
    /// <param name="most">How many pairs of lines are shown.</param>
    public static void Write(RaceDiagnosis diagnosis, TextWriter writer, TextStyle style, int most)
    {
        TextPage page = new(writer, style);
        string reports = diagnosis.ReportCount == 1 ? "1 report" : $"{diagnosis.ReportCount} reports";
        string races = diagnosis.GroupCount == 1 ? "1 race" : $"{diagnosis.GroupCount} races";
        string pairs = diagnosis.Findings.Count == 1 ? "1 pair of lines" : $"{diagnosis.Findings.Count} pairs of lines";
        page.Line(0, $"{reports}: {races} by function, {pairs}", Ink.Bold);
        List<RaceFinding> shown = [.. diagnosis.Findings.OrderByDescending(finding => finding.Place.Count).Take(most)];
        for (int index = 0; index < shown.Count; index++)
            Write(page, shown[index], index + 1);
        if (diagnosis.Findings.Count > shown.Count)
        {
            page.Blank();
            page.Line(0, $"… {diagnosis.Findings.Count - shown.Count} more pairs of lines, less frequent (--top N shows more)");
        }

        if (diagnosis.Refused.Count > 0)
            page.Heading("Slices left out");
        foreach ((SliceSpan slice, string reason) in diagnosis.Refused)
            page.Paragraph(2, $"{slice.Name}: {reason}", hang: 4, "-", Ink.Plain);
        WriteRemarks(page, diagnosis.Diagnostics);
    }

    private static void Write(TextPage page, RaceFinding finding, int number)
    {
        page.Blank();
        RaceReport report = finding.Place.Example;
        string count = finding.Place.Count == 1 ? "once" : $"{finding.Place.Count} times";
        page.Paragraph(0, $"{Title(finding)}, reported {count}", hang: 4, $"race {number}:", Ink.Red);
        string stream = finding.Log.Stream is { } name ? $", from {name}" : "";
        string carrier = finding.Log.Carrier is { } wrapped ? $", log unwrapped ({wrapped})" : "";
        page.Line(2, $"{Wording.Source(finding.Log.Source)}:{report.FirstLine}{stream}{carrier}", Ink.Dim);
        foreach (RaceSideReading side in finding.Sides)
            WriteSide(page, side);
        if (finding.Sides.Count < 2)
            page.Entry(finding.Sides.Count == 0 ? "Now" : "Before", "not in the log: the report is cut off");
        if (finding.Array is { } array)
            WriteArray(page, finding, array);
        EscapeSection.Write(page, finding.Escapes, side => finding.Sides[side].Access.IsPrevious ? "before" : "now");
        if (finding.Run is { } run)
            page.Entry("Memory", run.IsUsed ? $"of the same run: {run.Because}" : run.Because);
        foreach (MissingPiece piece in finding.Missing)
        {
            page.Entry("Missing", piece.What);
            if (piece.Command.Length > 0)
                page.Verbatim(12, "do:", piece.Command);
        }
    }

    /// <summary><c>main.hits (byte 8 of it) at 0xc000123000</c>.</summary>
    internal static string Title(RaceFinding finding)
    {
        string at = finding.Address is { } address ? $" at 0x{address:x}" : "";
        if (finding.Variable is not { } variable)
            return $"unnamed variable{at}";
        string offset = variable.Offset is > 0 and { } bytes ? $" (byte {bytes} of it)" : "";
        return $"{variable.Name}{offset}{at}";
    }

    private static void WriteSide(TextPage page, RaceSideReading side)
    {
        string what = RaceWords.Of(side.Operation);
        string form = side.Expression.Length == 0 ? "" : side.Basis == ExpressionBasis.Operation ? $": {side.Expression} (operands not known)" : $": {side.Expression}";
        page.Entry(side.Access.IsPrevious ? "Before" : "Now", $"{what}{form}");
        page.Entry("", Where(side));
        foreach (LostLine line in side.Candidates.Take(CandidatesShown))
            page.Entry("", $"perhaps {line.Function}, {Wording.Place(line.File, line.Line)}");
        page.Entry("", Who(side));
    }

    /// <summary>The place of a side, or why it is not known.</summary>
    internal static string Where(RaceSideReading side)
    {
        if (side.Access.Stack.IsLost)
            return "place not known: the detector could not restore the stack";
        if (side.Access.Stack.Frames.Count == 0)
            return "place not known: the log has no stack here";
        if (side.IsFrameLost && side.Line == 0)
            return "line not known: its frame is not on the stack";
        return $"{side.Function}, {Wording.Place(side.File, side.Line)}{(side.IsInferred ? " (not on the stack: the only call in the code that fits)" : "")}";
    }

    /// <summary>The goroutine of a side, by the detector's number, and who started it.</summary>
    internal static string Who(RaceSideReading side)
    {
        if (side.Access.Goroutine is null)
            return Goroutine(side);
        AccessFrame? creator = side.CreatedFrames.FirstOrDefault(frame => !frame.IsRuntime);
        return $"{Goroutine(side)}; {(creator is null ? "who started it is not in the log" : $"started by {creator.Function}, {Wording.Place(creator.File, creator.Line)}")}";
    }

    /// <summary>The goroutine of a side, by the detector's number.</summary>
    internal static string Goroutine(RaceSideReading side)
    {
        if (side.Access.Goroutine is not { } number)
            return "main goroutine";
        string state = side.Goroutine is { } goroutine ? $", {goroutine.State}" : "";
        return $"a goroutine (the detector's number {number}{state})";
    }

    private static void WriteArray(TextPage page, RaceFinding finding, SharedArray array)
    {
        string basis = array.Basis == ArrayBasis.Allocation ? "the whole allocation" : "the lowest slice that is known; the array may begin before";
        string offset = array.Offset > 0 ? $", byte {array.Offset} of it" : "";
        page.Entry("Array", $"element {array.Index}{offset}, of {array.Count} with {array.ElementSize} {(array.ElementSize == 1 ? "byte" : "bytes")} each from 0x{array.Start:x} ({basis})");
        foreach (RaceSlice used in finding.Used)
            page.Entry("", $"{(finding.Sides[used.Side].Access.IsPrevious ? "before" : "now")} through {used.View.Slice.Name}: {used.View.Slice.Name}[{used.View.Index}] is element {array.Index}{(used.View.Reach == SliceReach.Capacity ? ", in its capacity" : "")}");
        foreach (SliceView view in array.Slices.Where(view => view.Slice.Origin.Length > 0).Take(SlicesShown))
            page.Entry("", $"{view.Slice.Name}: {RaceWords.Extent(view.Slice)}, in {view.Slice.Origin}");
        foreach (string line in ArrayPicture.Draw(array, page.Width))
            page.Line(4, line);
    }

    private static void WriteRemarks(TextPage page, IReadOnlyList<Diagnostic> diagnostics)
    {
        if (diagnostics.Count > 0)
            page.Heading("Remarks on the inputs");
        foreach (Diagnostic diagnostic in diagnostics)
        {
            string place = diagnostic.Offset is > 0 and { } offset ? $":{offset}" : "";
            page.Paragraph(2, $"{Wording.Source(diagnostic.Source)}{place}: {diagnostic.Message}", hang: 4, diagnostic.Id, Ink.Dim);
        }
    }
}
