using System.Globalization;
using Faultline.Diagnosis.Sharing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Layouts;

/// <summary>For people: the lines that different goroutines were seen to share.</summary>
internal static class SeenText
{
    private const int LineLimit = 20;
    private const int TouchLimit = 4;

    public static void Write(SeenSharing seen, TextWriter writer)
    {
        string source = PrintableText.Escape(seen.Source);
        // Of data addresses only the threads are known, and a goroutine can go from one to another.
        ILookup<bool, SeenTouch> touches = seen.Lines.SelectMany(line => line.Objects).SelectMany(item => item.Touches).ToLookup(touch => touch.IsThread);
        string who = (touches[false].Any(), touches[true].Any()) switch
        {
            (true, false) => "goroutines",
            (false, true) => "threads",
            _ => "goroutines or threads",
        };
        writer.Write(seen.Lines.Count == 0
            ? $"{source}: no line of {seen.LineSize} bytes in which different {who} touched different objects, in {LayoutWords.Count(seen.TouchCount, "touch", "touches")}\n"
            : $"{source}: {LayoutWords.Count(seen.Lines.Count, "line")} of {seen.LineSize} bytes in which different {who} touched different objects, in {LayoutWords.Count(seen.TouchCount, "touch", "touches")}\n");
        foreach (SeenLine line in seen.Lines.Take(LineLimit))
            Write(line, writer);
        if (seen.Lines.Count > LineLimit)
            writer.Write($"  and {seen.Lines.Count - LineLimit} more; --format json has them\n");
        if (seen.Note is { } note)
            writer.Write($"  {PrintableText.Escape(note)}\n");
        writer.Write('\n');
    }

    private static void Write(SeenLine line, TextWriter writer)
    {
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"  line 0x{line.Address:x}{Turns(line)}\n"));
        foreach (SeenObject item in line.Objects)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"    {Offset(item.Address, line.Address)}  {(item.Name.Length > 0 ? PrintableText.Escape(item.Name) + " " : "")}0x{item.Address:x}\n"));
            foreach (SeenTouch touch in item.Touches.Take(TouchLimit))
                Write(touch, line.TurnCount is not null, writer);
            if (item.Touches.Count > TouchLimit)
                writer.Write($"          and {item.Touches.Count - TouchLimit} more\n");
        }
    }

    private static string Turns(SeenLine line)
    {
        if (line.TurnCount is not { } turns)
            return "";
        string crossings = line.CrossingCount switch
        {
            null => ", on which processors is not recorded",
            0 => ", always on the same processor",
            { } count => $", {count} of them on another processor",
        };
        string modified = line.ModifiedElsewhereCount is { } found ? $"; {LayoutWords.Count(found, "access", "accesses")} found it modified in another processor's cache" : "";
        return $": taken over {LayoutWords.Count(turns, "time")} by another one at another object{crossings}{modified}";
    }

    // Objects can begin in the line before.
    private static string Offset(ulong address, ulong line) =>
        (address >= line ? string.Create(CultureInfo.InvariantCulture, $"+{address - line}") : string.Create(CultureInfo.InvariantCulture, $"-{line - address}")).PadLeft(4);

    private static void Write(in SeenTouch touch, bool isCounted, TextWriter writer)
    {
        string place = touch.Function.Length > 0 ? $" at {PrintableText.Escape(touch.Function)} {PrintableText.Escape(touch.File)}:{touch.Line}" : "";
        string count = isCounted ? $", {LayoutWords.Count(touch.Count, "time")}" : touch.Count > 1 ? $", as {touch.Count - 1} more do" : "";
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"          {(touch.IsThread ? "thread" : "goroutine")} {touch.Id} {touch.Operation}{place}{count}\n"));
    }
}
