namespace Faultline.Reports.Text;

/// <summary>How a text report is laid out.</summary>
/// <param name="Width">Columns; prose is wrapped there. Single words (paths, symbols) are never cut, so that they can be copied.</param>
/// <param name="Color">Whether to write ANSI colour sequences.</param>
/// <param name="Sources">Whether to show lines of source files that exist on this machine.</param>
/// <param name="Links">Whether files that are here become hyperlinks of the terminal.</param>
public sealed record TextStyle(int Width, bool Color, bool Sources = true, bool Links = false)
{
    /// <summary>80 columns, no colour: what a file gets.</summary>
    public static TextStyle Plain { get; } = new(80, Color: false);
}
