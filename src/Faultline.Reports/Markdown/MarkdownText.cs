using System.Globalization;
using System.Text;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Markdown;

/// <summary>Makes text from an input stay text in GitHub's Markdown, where it is prose, code, or a command.</summary>
internal static class MarkdownText
{
    private const int MostProse = 1_200;
    private const int MostCode = 240;

    /// <summary>Prose on one line: no markup, no HTML, no mention, no link, no reference to an issue comes to life in it.</summary>
    public static string Prose(string text)
    {
        string plain = FindingText.Plain(text, MostProse);
        StringBuilder safe = new(plain.Length + 16);
        for (int index = 0; index < plain.Length; index++)
        {
            char character = plain[index];
            switch (character)
            {
                case '&': safe.Append("&amp;"); break;
                case '<': safe.Append("&lt;"); break;
                case '>': safe.Append("&gt;"); break;
                // GitHub looks for mentions, issues, links and emoji in the finished text, where a backslash is gone; only something in between helps.
                case '@' or '#': safe.Append('\\').Append(character).Append("<!-- -->"); break;
                case ':' when MayBeginName(plain, index + 1): safe.Append(":<!-- -->"); break;
                case '.' when plain.AsSpan(0, index).EndsWith("www", StringComparison.OrdinalIgnoreCase): safe.Append("<!-- -->."); break;
                case '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '|' or '~' or '$' or '!': safe.Append('\\').Append(character); break;
                // What would begin a list or a rule.
                case '-' or '+' or '=' when index == 0: safe.Append('\\').Append(character); break;
                case '.' or ')' when plain.AsSpan(0, index).IndexOfAnyExceptInRange('0', '9') < 0: safe.Append('\\').Append(character); break;
                default: safe.Append(character); break;
            }
        }

        return safe.ToString();
    }

    /// <summary>True behind a colon that can be part of a link or of an emoji's name; a line number is neither.</summary>
    private static bool MayBeginName(string text, int index)
    {
        int end = index;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '+' or '-'))
            end++;
        return (end < text.Length && end > index && text[end] == ':') || (index < text.Length && text[index] is '/' or '+' or '-');
    }

    /// <summary>A code span that holds the text whatever it is; empty for an empty text. Good in tables too.</summary>
    public static string Code(string text)
    {
        string plain = FindingText.Plain(text, MostCode);
        if (plain.Trim().Length == 0)
            return "";
        // Tables are cut at bars before spans are looked for, and readers differ in what a backslash before a bar means there: such text is written in HTML.
        return plain.AsSpan().IndexOfAny('|', '`') < 0 && plain[0] != ' ' && plain[^1] != ' ' ? $"`{plain}`" : $"<code>{Entities(plain)}</code>";
    }

    private static string Entities(string text)
    {
        StringBuilder safe = new(text.Length * 2);
        foreach (char character in text)
        {
            if (char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) && character is not (' ' or '.' or ',' or '/' or '(' or ')'))
                safe.Append(CultureInfo.InvariantCulture, $"&#{(int)character};");
            else
                safe.Append(character);
        }

        return safe.ToString();
    }

    /// <summary>A block of code whose lines cannot end it.</summary>
    public static string Block(string language, IEnumerable<string> lines)
    {
        string[] plain = [.. lines.Select(line => FindingText.Plain(line, MostProse))];
        string fence = new('`', Math.Max(3, plain.Select(LongestRun).DefaultIfEmpty(0).Max() + 1));
        return $"{fence}{language}\n{string.Join('\n', plain)}\n{fence}\n";
    }

    private static int LongestRun(string text)
    {
        int longest = 0;
        int run = 0;
        foreach (char character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
