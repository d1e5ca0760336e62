using Spectre.Console;
using Spectre.Console.Rendering;

namespace Faultline.Reports.Text;

/// <summary>A line of code in a column: it keeps its spaces and is cut where the column ends.</summary>
/// <param name="text">Printable.</param>
/// <param name="style">Of all of it.</param>
/// <param name="isWhole">Whether the column has to be as wide as the line.</param>
internal sealed class CutLine(string text, Style style, bool isWhole) : Renderable
{
    private readonly Segment _whole = new(text, style);

    protected override Measurement Measure(RenderOptions options, int maxWidth)
    {
        int cells = _whole.CellCount();
        return new Measurement(isWhole ? cells : 1, cells);
    }

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        if (_whole.CellCount() <= maxWidth)
            yield return _whole;
        else
            yield return new Segment((Segment.Truncate(_whole, maxWidth - 1)?.Text ?? "") + "…", style);
    }
}
