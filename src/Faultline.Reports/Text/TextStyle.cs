namespace Faultline.Reports.Text;

/// <summary>How a text report is laid out.</summary>
/// <param name="Width">Columns; prose is wrapped there. Single words (paths, symbols) are never cut, so that they can be copied.</param>
/// <param name="Color">Whether to write ANSI colour sequences.</param>
/// <param name="Sources">Whether to show lines of source files that exist on this machine.</param>
/// <param name="Links">Whether files that are here become hyperlinks of the terminal.</param>
/// <param name="SideBySideWidth">Columns of a terminal that shows both sides of a fault next to each other; null for one column.</param>
public sealed record TextStyle(int Width, bool Color, bool Sources = true, bool Links = false, int? SideBySideWidth = null)
{
    /// <summary>The columns that two sides take next to each other before names of usual length have to wrap.</summary>
    public const int LeastSideBySideWidth = 130;

    /// <summary>80 columns, no colour: what a file gets.</summary>
    public static TextStyle Plain { get; } = new(80, Color: false);
}
