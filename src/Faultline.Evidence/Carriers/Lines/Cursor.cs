namespace Faultline.Evidence.Carriers.Lines;

/// <summary>Reads fixed forms from the start of a line; a failed step leaves it where it was.</summary>
internal ref struct Cursor(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> line = line;

    public int Position { get; set; }

    public readonly ReadOnlySpan<byte> Rest => line[Position..];

    public readonly bool IsAtEnd => Position >= line.Length;

    public readonly byte Peek => Position < line.Length ? line[Position] : (byte)0;

    public bool Take(byte value)
    {
        if (Peek != value || IsAtEnd)
            return false;
        Position++;
        return true;
    }

    public bool Take(ReadOnlySpan<byte> text)
    {
        if (!Rest.StartsWith(text))
            return false;
        Position += text.Length;
        return true;
    }

    /// <summary>Exactly so many digits.</summary>
    public bool TakeDigits(int count)
    {
        if (line.Length - Position < count || line.Slice(Position, count).ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        Position += count;
        return true;
    }

    /// <summary>One digit or more; returns how many there were.</summary>
    public int TakeDigits()
    {
        int count = Rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count < 0)
            count = line.Length - Position;
        Position += count;
        return count;
    }

    /// <summary>Everything up to a space, which is taken too; empty when there is none.</summary>
    public ReadOnlySpan<byte> TakeWord()
    {
        int size = Rest.IndexOf((byte)' ');
        if (size <= 0)
            return default;
        ReadOnlySpan<byte> word = line.Slice(Position, size);
        Position += size + 1;
        return word;
    }
}
