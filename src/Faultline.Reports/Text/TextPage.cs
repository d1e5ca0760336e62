namespace Faultline.Reports.Text;

/// <summary>The colours that a report uses.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

/// <summary>
/// Lays out lines for a terminal: wraps at the width with hanging indents, colours, and escapes every text that it is handed,
/// so that no caller can forget to. Not thread-safe; does not own the writer.
/// </summary>
internal sealed class TextPage(TextWriter writer, TextStyle style)
{
    private const int LabelWidth = 10;
    private const string Ellipsis = "…";

    public int Width { get; } = Math.Clamp(style.Width, 40, 1000);

    /// <summary>True where two sides may fit next to each other.</summary>
    public bool IsWide { get; } = style.SideBySideWidth is not null;

    public bool ShowsSources { get; } = style.Sources;

    public void Blank() => writer.Write('\n');

    /// <summary>A section title.</summary>
    public void Heading(string text)
    {
        Blank();
        Write(Ink.Bold, PrintableText.Escape(text));
        writer.Write('\n');
    }

    /// <summary>A bold label in the left column and a text beside it; later lines of the text hang under its first.</summary>
    public void Entry(string label, string text, string lead = "", Ink leadInk = Ink.Plain, int maxLines = int.MaxValue)
    {
        Write(Ink.Bold, ("  " + label).PadRight(LabelWidth + 2));
        Flow(text, LabelWidth + 2, LabelWidth + 2, LabelWidth + 2, lead, leadInk, maxLines);
    }

    /// <summary>Wrapped text. The first line starts at <paramref name="indent"/>, the others at <paramref name="hang"/>.</summary>
    public void Paragraph(int indent, string text, int? hang = null, string lead = "", Ink leadInk = Ink.Plain, int maxLines = int.MaxValue)
    {
        Indent(indent);
        Flow(text, indent, hang ?? indent, indent, lead, leadInk, maxLines);
    }

    /// <summary>Two sides next to each other; false, and nothing written, where the page has one column or they do not fit.</summary>
    public bool TryPair(PageSide left, PageSide right, int maxLines = int.MaxValue, string heading = "")
    {
        if (style.SideBySideWidth is not { } columns || SideBySide.Draw(style, columns, left, right, maxLines) is not { } drawn)
            return false;
        if (heading.Length > 0)
            Heading(heading);
        writer.Write(drawn);
        return true;
    }

    /// <summary>One line that is cut at the width instead of wrapped.</summary>
    public void Line(int indent, string text, Ink ink = Ink.Plain)
    {
        string printed = PrintableText.Escape(text.TrimEnd());
        int room = Width - indent;
        if (printed.Length > room)
            printed = string.Concat(printed.AsSpan(0, room - 1), Ellipsis);
        Indent(indent);
        Write(ink, printed);
        writer.Write('\n');
    }

    /// <summary>A line that is neither cut nor wrapped, so that it can be copied: a command.</summary>
    public void Verbatim(int indent, string lead, string text)
    {
        Indent(indent);
        Write(Ink.Dim, lead);
        writer.Write(' ');
        writer.Write(PrintableText.Escape(text));
        writer.Write('\n');
    }

    private void Flow(string text, int indent, int hang, int column, string lead, Ink leadInk, int maxLines)
    {
        if (lead.Length > 0)
        {
            string printedLead = PrintableText.Escape(lead);
            Write(leadInk, printedLead);
            column += printedLead.Length;
        }

        int lines = 1;
        bool atStart = lead.Length == 0;
        foreach (string word in PrintableText.Escape(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // The last line that is allowed keeps room for the mark that says something is missing.
            int room = lines == maxLines ? Width - 2 : Width;
            if (!atStart && column + 1 + word.Length > room)
            {
                if (lines == maxLines)
                {
                    writer.Write(' ');
                    writer.Write(Ellipsis);
                    break;
                }

                writer.Write('\n');
                Indent(hang);
                column = hang;
                atStart = true;
                lines++;
            }

            if (!atStart)
            {
                writer.Write(' ');
                column++;
            }

            string shown = maxLines == int.MaxValue ? word : Clip(word, 2 * (Width - Math.Max(indent, hang)));
            writer.Write(style.Links && ReferenceEquals(shown, word) ? FileLink.Of(word) : shown);
            column += shown.Length;
            atStart = false;
        }

        writer.Write('\n');
    }

    private static string Clip(string word, int limit) =>
        word.Length <= limit ? word : string.Concat(word.AsSpan(0, limit / 2), Ellipsis, word.AsSpan(word.Length - limit / 2 + 1));

    private void Indent(int count)
    {
        for (int i = 0; i < count; i++)
            writer.Write(' ');
    }

    private void Write(Ink ink, string printed)
    {
        if (!style.Color || ink == Ink.Plain)
        {
            writer.Write(printed);
            return;
        }

        writer.Write(ink switch
        {
            Ink.Bold => "\e[1m",
            Ink.Dim => "\e[2m",
            Ink.Red => "\e[1;31m",
            Ink.Yellow => "\e[33m",
            Ink.Green => "\e[32m",
            _ => "\e[36m",
        });
        writer.Write(printed);
        writer.Write("\e[0m");
    }
}
