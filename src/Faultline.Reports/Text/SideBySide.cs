using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Faultline.Reports.Text;

/// <summary>
/// Two columns on a wide terminal, by Spectre.Console. What it is handed is escaped before and is text, never markup, and it asks nothing of the
/// environment: width, colours and links are those of the style. Nothing else touches Spectre, so that no other command pays for it.
/// </summary>
internal static class SideBySide
{
    private const int LabelWidth = 12;
    private const int Gap = 3;

    /// <summary>Lines of both sides; null if a word or a marked line of code would have to be cut for it.</summary>
    public static string? Draw(TextStyle style, int width, PageSide left, PageSide right, int maxLines)
    {
        using StringWriter drawn = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = Open(drawn, style, width);
        List<IRenderable> leftCells = [.. left.Rows.Select(row => Cell(row, style, maxLines))];
        List<IRenderable> rightCells = [.. right.Rows.Select(row => Cell(row, style, maxLines))];
        string leftLabel = left.Label.Length == 0 ? "  " : ("  " + left.Label).PadRight(LabelWidth);
        string rightLabel = new string(' ', Gap) + (right.Label.Length == 0 ? "" : right.Label + "  ");

        RenderOptions options = RenderOptions.Create(console, console.Profile.Capabilities);
        int room = width - leftLabel.Length - rightLabel.Length;
        (int leftLeast, int leftMost) = Measure(leftCells, options);
        (int rightLeast, int rightMost) = Measure(rightCells, options);
        if (leftLeast + rightLeast > room)
            return null;

        // What one side does not need of its half is the other's.
        int leftWidth = Math.Clamp(Math.Min(leftMost, Math.Max(room / 2, room - rightMost)), leftLeast, room - rightLeast);
        Grid grid = new();
        foreach (int column in (ReadOnlySpan<int>)[leftLabel.Length, leftWidth, rightLabel.Length, Math.Min(rightMost, room - leftWidth)])
            grid.AddColumn(new GridColumn { Width = column, Padding = new Padding(0) });
        for (int i = 0; i < Math.Max(leftCells.Count, rightCells.Count); i++)
        {
            grid.AddRow(
                Label(i == 0 ? leftLabel : "", style), i < leftCells.Count ? leftCells[i] : new Paragraph(),
                Label(i == 0 ? rightLabel : "", style), i < rightCells.Count ? rightCells[i] : new Paragraph());
        }

        console.Write(grid);
        return string.Concat(drawn.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd(' ') + "\n"));
    }

    private static IAnsiConsole Open(TextWriter writer, TextStyle style, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = style.Color || style.Links ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = style.Color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            EnvironmentVariables = new Dictionary<string, string>(StringComparer.Ordinal),
            Out = new Drawing(writer, width),
        });
        console.Profile.Capabilities.Links = style.Links;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private static (int Least, int Most) Measure(List<IRenderable> cells, RenderOptions options)
    {
        int least = 1;
        int most = 1;
        foreach (IRenderable cell in cells)
        {
            Measurement size = cell.Measure(options, int.MaxValue);
            (least, most) = (Math.Max(least, size.Min), Math.Max(most, size.Max));
        }

        return (least, most);
    }

    private static Paragraph Label(string text, TextStyle style) => new(text, Of(Ink.Bold, style));

    private static IRenderable Cell(PageRow row, TextStyle style, int maxLines)
    {
        if (row.IsCode)
            return new CutLine(PrintableText.Escape(row.Text.TrimEnd()), Of(row.Ink, style), isWhole: row.Ink != Ink.Plain);
        Paragraph text = new();
        if (row.Lead.Length > 0)
            text.Append(PrintableText.Escape(row.Lead), Of(row.Ink, style));
        bool atStart = row.Lead.Length == 0;
        foreach (string word in PrintableText.Escape(row.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!atStart)
                text.Append(" ");
            atStart = false;
            // A link is a whole word: pieces of one could be wrapped apart.
            text.Append(word, Style.Plain, style.Links && FileLink.TryFind(word, out _, out string address) ? new Link(address) : null);
        }

        return new WrappedText(text, maxLines);
    }

    private static Style Of(Ink ink, TextStyle style) => !style.Color ? Style.Plain : ink switch
    {
        Ink.Bold => new Style(decoration: Decoration.Bold),
        Ink.Dim => new Style(decoration: Decoration.Dim),
        Ink.Red => new Style(Color.Maroon, decoration: Decoration.Bold),
        Ink.Yellow => new Style(Color.Olive),
        Ink.Green => new Style(Color.Green),
        Ink.Cyan => new Style(Color.Teal),
        _ => Style.Plain,
    };

    /// <summary>A sheet of the width given, whatever the process's terminal has.</summary>
    private sealed class Drawing(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => short.MaxValue;

        public void SetEncoding(System.Text.Encoding encoding)
        {
            // A string has none.
        }
    }
}
