using System.Text;
using Faultline.Reports.Text;

namespace Faultline.Cli.Cores;

/// <summary>The page for people: facts one a line; of a list each item on a line, its stack below it.</summary>
internal sealed class CoreText(TextWriter writer) : ICoreOutput
{
    private readonly StringBuilder _line = new();
    private int _depth;

    public void Text(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        string printable = PrintableText.Escape(value);
        if (_depth == 0)
            writer.Write($"{Words(name) + ":",-18} {printable}\n");
        else
            _line.Append(_line.Length == 0 ? "" : "  ").Append(Words(name)).Append(' ').Append(printable);
    }

    public void Number(string name, long value) => Text(name, $"{value}");

    public void Address(string name, ulong value) => Text(name, $"0x{value:x}");

    public void Flag(string name, bool value)
    {
        if (value)
            Text(name, "yes");
    }

    public void OpenList(string name, long count)
    {
        FlushItem();
        string words = Words(name);
        writer.Write(_depth == 0 ? $"\n{char.ToUpperInvariant(words[0])}{words[1..]} ({count})\n" : $"{Indent}{words} ({count})\n");
    }

    public void OpenItem()
    {
        FlushItem();
        _depth++;
    }

    public void CloseItem()
    {
        FlushItem();
        _depth--;
    }

    public void CloseList() => FlushItem();

    public void Frames(string name, IEnumerable<ViewFrame> frames)
    {
        FlushItem();
        foreach (ViewFrame frame in frames)
        {
            string place = frame.File.Length > 0 ? $"  {PrintableText.Escape(frame.File)}:{frame.Line}" : frame.Pc is { } pc ? $"  0x{pc:x}" : "";
            writer.Write($"{Indent}  {PrintableText.Escape(frame.Function)}{place}{(frame.Inlined ? "  (inlined)" : "")}\n");
        }
    }

    public void Finish()
    {
        FlushItem();
        writer.Flush();
    }

    private string Indent => new(' ', 2 * _depth);

    private void FlushItem()
    {
        if (_line.Length == 0)
            return;
        writer.Write(Indent);
        writer.Write(_line.Append('\n').ToString());
        _line.Clear();
    }

    /// <summary><c>waitReason</c> to <c>wait reason</c>.</summary>
    private static string Words(string name)
    {
        StringBuilder words = new();
        foreach (char letter in name)
            words.Append(char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter);
        return words.ToString();
    }
}
