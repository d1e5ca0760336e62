namespace Faultline.Reports.Text;

/// <summary>One of two columns; the rows of both stand next to each other.</summary>
/// <param name="Label">A bold word beside the first row; empty for none.</param>
/// <param name="Rows">From top to bottom.</param>
internal sealed record PageSide(string Label, IReadOnlyList<PageRow> Rows);

/// <summary>One text of a column.</summary>
/// <param name="Text">As it came; the page escapes it. Empty for a row that only the other side has.</param>
/// <param name="Lead">A word before the text, in the ink.</param>
/// <param name="Ink">Of the lead, or of a line of code.</param>
/// <param name="IsCode">Keeps its spaces and is cut at the column instead of wrapped.</param>
internal sealed record PageRow(string Text, string Lead = "", Ink Ink = Ink.Plain, bool IsCode = false);
