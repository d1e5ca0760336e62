using System.Globalization;
using System.Text;

namespace Faultline.Reports.Text;

/// <summary>
/// Makes text from a log safe to print. A crash message or a symbol can hold anything, escape sequences that repaint a terminal included,
/// so whatever is not visible is shown as an escape: <c>\n</c>, <c>\x1b</c>, <c>\u{202e}</c>.
/// </summary>
public static class PrintableText
{
    /// <summary>The text with control, format, private, unassigned and separator characters (the ordinary space aside) written as escapes.</summary>
    public static string Escape(string text)
    {
        int clean = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (clean < 0)
            return text;

        StringBuilder printed = new(text, 0, clean, text.Length + 16);
        for (int index = clean; index < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, index, out Rune rune))
            {
                Append(printed, rune);
                index += rune.Utf16SequenceLength;
            }
            else
            {
                printed.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[index]:x}}}");
                index++;
            }
        }

        return printed.ToString();
    }

    private static void Append(StringBuilder printed, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': printed.Append("\\n"); return;
            case '\r': printed.Append("\\r"); return;
            case '\t': printed.Append("\\t"); return;
            case < 0x20 or (>= 0x7f and < 0xa0): printed.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"); return;
        }

        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate:
            case UnicodeCategory.SpaceSeparator when rune.Value != ' ':
                printed.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
                return;
            default:
                printed.Append(rune.ToString());
                return;
        }
    }
}
