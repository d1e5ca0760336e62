using Spectre.Console.Rendering;

namespace Faultline.Reports.Text;

/// <summary>A text of a column that takes so many lines at most; a mark at the end says that something is missing.</summary>
internal sealed class WrappedText(IRenderable text, int maxLines) : Renderable
{
    private const string Missing = " …";

    protected override Measurement Measure(RenderOptions options, int maxWidth) => text.Measure(options, maxWidth);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        List<SegmentLine> lines = Segment.SplitLines(text.Render(options, maxWidth));
        bool isCut = lines.Count > maxLines;
        if (isCut)
        {
            SegmentLine last = lines[maxLines - 1];
            // An index from the end would count characters here.
            while (last.Count > 0 && (last[last.Count - 1].IsWhiteSpace || last.CellCount() > maxWidth - Missing.Length))
                last.RemoveAt(last.Count - 1);
            last.Add(new Segment(Missing));
        }

        foreach (SegmentLine line in lines.Take(maxLines))
        {
            foreach (Segment segment in line)
                yield return segment;
            yield return Segment.LineBreak;
        }
    }
}
