using System.Buffers.Text;
using System.Text;

namespace Faultline.Evidence.Escapes;

/// <summary>A place in a line: <c>FILE:LINE:COL</c>, <c>FILE:LINE</c>, or the words for none.</summary>
internal ref struct EscapeLocation
{
    private const int MostDigits = 9;

    public ReadOnlySpan<byte> File;
    public int Line;

    /// <summary>0 when not printed.</summary>
    public int Column;

    public readonly EscapePlace ToPlace() => new(Encoding.UTF8.GetString(File), Line, Column);

    /// <summary>Takes the place at the start of a line, and the colon behind it.</summary>
    public static bool TryTake(ReadOnlySpan<byte> line, out EscapeLocation place, out ReadOnlySpan<byte> rest)
    {
        place = default;
        rest = default;
        if (line.StartsWith("<unknown line number>:"u8))
        {
            rest = line["<unknown line number>:".Length..];
            return true;
        }

        for (int colon = line.IndexOf((byte)':'); colon > 0; colon = Next(line, colon))
        {
            int end = colon + 1 + TakeNumber(line[(colon + 1)..], out int number);
            if (end == colon + 1 || end >= line.Length || line[end] != ':')
                continue;
            place = new EscapeLocation { File = line[..colon], Line = number };
            int last = end + 1 + TakeNumber(line[(end + 1)..], out int column);
            bool hasColumn = last > end + 1 && last < line.Length && line[last] == ':';
            place.Column = hasColumn ? column : 0;
            rest = hasColumn ? line[(last + 1)..] : line[(end + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>Reads a text that is a place and nothing else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out EscapeLocation place)
    {
        place = default;
        if (text.SequenceEqual("<unknown line number>"u8))
            return true;
        int colon = text.LastIndexOf((byte)':');
        if (colon <= 0 || TakeNumber(text[(colon + 1)..], out int last) != text.Length - colon - 1 || colon == text.Length - 1)
            return false;
        int before = text[..colon].LastIndexOf((byte)':');
        if (before > 0 && before < colon - 1 && TakeNumber(text[(before + 1)..colon], out int line) == colon - before - 1)
            place = new EscapeLocation { File = text[..before], Line = line, Column = last };
        else
            place = new EscapeLocation { File = text[..colon], Line = last };
        return true;
    }

    private static int Next(ReadOnlySpan<byte> line, int colon)
    {
        int next = line[(colon + 1)..].IndexOf((byte)':');
        return next < 0 ? -1 : colon + 1 + next;
    }

    /// <summary>How many digits begin the text; 0 when none, too many, or a zero in front, which no line number has.</summary>
    private static int TakeNumber(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || text[0] is < (byte)'1' or > (byte)'9' || !Utf8Parser.TryParse(text[..Math.Min(text.Length, MostDigits + 1)], out number, out int digits))
            return 0;
        return digits <= MostDigits ? digits : 0;
    }
}
