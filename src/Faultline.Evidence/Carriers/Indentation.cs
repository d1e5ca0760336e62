namespace Faultline.Evidence.Carriers;

/// <summary>
/// Text that a test logged: <c>go test</c> indents it by four, and its further lines by eight. It ends with the first line that is
/// indented less.
/// </summary>
internal struct Indentation
{
    private const int Least = 4;
    private const int Most = 64;

    private int size;

    /// <summary>Takes the indentation off when the line has it.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> line)
    {
        if (size > 0)
        {
            int open = line.IndexOfAnyExcept((byte)' ');
            if (open < 0)
            {
                line = default;
                return true;
            }

            if (open >= size)
            {
                line = line[size..];
                return true;
            }

            size = 0;
        }

        if (line.Length <= Least || line[0] != ' ' || line[3] != ' ')
            return false;
        int start = line.IndexOfAnyExcept((byte)' ');
        if (start is < Least or > Most)
            return false;
        ReadOnlySpan<byte> text = line[start..];
        if (CrashText.Opens(text))
        {
            size = start;
            line = text;
            return true;
        }

        int place = text.IndexOf(".go:"u8);
        int end = place < 0 ? -1 : text[place..].IndexOf(": "u8);
        if (end < 0 || text[..place].Contains((byte)' ') || !CrashText.Opens(text[(place + end + 2)..]))
            return false;
        size = start + Least;
        line = text[(place + end + 2)..];
        return true;
    }
}
