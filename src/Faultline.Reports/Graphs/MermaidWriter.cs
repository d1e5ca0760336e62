using System.Globalization;
using System.Text;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Graphs;

/// <summary>Drawings in Mermaid's language, within what it takes: 50,000 characters and 500 arrows.</summary>
internal static class MermaidWriter
{
    private const int MostText = 240;
    private const int MostCharacters = 44_000;
    private const int MostArrows = 480;

    /// <summary>One flow chart; drawings with a title are framed. Lines end in <c>\n</c>.</summary>
    public static void Write(IReadOnlyList<Drawing> drawings, TextWriter writer)
    {
        StringBuilder text = new("flowchart LR\n");
        List<string> marked = [];
        int arrows = 0;
        int number = 0;
        int leftOut = 0;
        for (int index = 0; index < drawings.Count; index++)
        {
            Drawing drawing = drawings[index];
            if (text.Length > MostCharacters)
            {
                leftOut += drawing.Nodes.Count + drawing.LeftOut;
                continue;
            }

            if (drawing.Title.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"  subgraph f{index + 1}[\"{Quote(drawing.Title)}\"]\n");
            Dictionary<string, string> names = new(StringComparer.Ordinal);
            foreach (DrawingNode node in drawing.Nodes.TakeWhile(_ => text.Length < MostCharacters))
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"n{number++}");
                names.TryAdd(node.Id, name);
                string label = string.Join("<br/>", node.Lines.Select(Quote));
                text.Append(node.IsObject ? $"  {name}([\"{label}\"])\n" : $"  {name}[\"{label}\"]\n");
                if (node.Mark == DrawingMark.Circle)
                    marked.Add(name);
            }

            leftOut += drawing.Nodes.Count - names.Count + drawing.LeftOut;
            foreach (DrawingArrow arrow in drawing.Arrows.Where(arrow => names.ContainsKey(arrow.From) && names.ContainsKey(arrow.To)))
            {
                if (arrows++ < MostArrows && text.Length < MostCharacters + 4_000)
                    text.Append($"  {names[arrow.From]} {(arrow.IsInferred ? "-." : "--")} \"{Quote(arrow.Label)}\" {(arrow.IsInferred ? ".->" : "-->")} {names[arrow.To]}\n");
            }

            if (drawing.Title.Length > 0)
                text.Append("  end\n");
        }

        if (marked.Count > 0)
            text.Append($"  classDef circle stroke:#c00,stroke-width:3px\n  class {string.Join(',', marked.Take(100))} circle\n");
        if (leftOut > 0)
            text.Append(CultureInfo.InvariantCulture, $"  rest[\"{leftOut} more nodes\"]\n");
        writer.Write(text);
    }

    // A quote ends a text, '#' begins a character by its number, '<' HTML, '%%' a comment or a directive even within quotes, '`' Markdown.
    private static string Quote(string text)
    {
        StringBuilder safe = new();
        foreach (char character in FindingText.Plain(text, MostText))
        {
            if (character is '"' or '#' or '<' or '>' or '&' or '%' or '`' or '\\' or '{' or '}' or ';')
                safe.Append(CultureInfo.InvariantCulture, $"#{(int)character};");
            else
                safe.Append(character);
        }

        return safe.ToString();
    }
}
