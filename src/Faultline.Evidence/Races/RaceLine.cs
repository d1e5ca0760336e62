using System.Buffers.Text;

namespace Faultline.Evidence.Races;

/// <summary>What a line of a race report is.</summary>
internal enum RaceLineKind
{
    Other,
    Title,
    Rule,
    Blank,
    Access,
    Goroutine,
    Heap,
    Global,
    Lost,
    Function,
    Place,
    Found,
}

/// <summary>Reads single lines of the detector's text: <c>Previous write at 0x00c000018090 by goroutine 7:</c>.</summary>
internal ref struct RaceLine
{
    public RaceLineKind Kind;
    public bool IsWrite;
    public bool IsAtomic;
    public bool IsPrevious;
    public ulong Address;
    public ulong Size;

    /// <summary>The detector's number of a goroutine; -1 for the main one.</summary>
    public long Goroutine;

    /// <summary>A state, a variable or a function.</summary>
    public ReadOnlySpan<byte> Name;

    public static bool IsTitle(ReadOnlySpan<byte> line) => line.StartsWith("WARNING: DATA RACE"u8);

    public static bool IsRule(ReadOnlySpan<byte> line) => line.Length >= 18 && line[0] == '=' && line.IndexOfAnyExcept((byte)'=') < 0;

    /// <summary>Sorts a line by its text; indentation does not count, because carriers change it.</summary>
    public static RaceLine Read(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        RaceLine read = default;
        if (line.IsEmpty)
            read.Kind = RaceLineKind.Blank;
        else if (line.EndsWith("()"u8))
            read.Take(RaceLineKind.Function, line[..^2]);
        else if (IsRule(line))
            read.Kind = RaceLineKind.Rule;
        else if (IsTitle(line))
            read.Kind = RaceLineKind.Title;
        else if (line.SequenceEqual("[failed to restore the stack]"u8))
            read.Kind = RaceLineKind.Lost;
        else if (!read.TryReadAccess(line) && !read.TryReadGoroutine(line) && !read.TryReadHeap(line) && !read.TryReadGlobal(line) && !read.TryReadFound(line))
            read.Kind = TryReadPlace(line, out _, out _, out _) ? RaceLineKind.Place : RaceLineKind.Other;
        return read;
    }

    /// <summary>Reads <c>/src/main.go:12 +0x1f</c>; the path may hold colons and spaces.</summary>
    public static bool TryReadPlace(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> file, out int number, out ulong? offset)
    {
        file = default;
        number = 0;
        offset = null;
        line = line.Trim(" \t\r"u8);
        int plus = line.LastIndexOf(" +0x"u8);
        if (plus > 0 && TryReadHex(line[(plus + 4)..], out ulong value, out int used) && plus + 4 + used == line.Length)
        {
            offset = value;
            line = line[..plus];
        }

        int colon = line.LastIndexOf((byte)':');
        if (colon <= 0 || !Utf8Parser.TryParse(line[(colon + 1)..], out number, out int digits) || colon + 1 + digits != line.Length || number < 0)
            return false;
        file = line[..colon];
        return true;
    }

    private void Take(RaceLineKind kind, ReadOnlySpan<byte> name)
    {
        Kind = kind;
        Name = name;
    }

    private bool TryReadAccess(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        IsPrevious = Skip(ref rest, "Previous "u8);
        IsAtomic = Skip(ref rest, "atomic "u8) || Skip(ref rest, "Atomic "u8);
        IsWrite = Skip(ref rest, "write at 0x"u8) || Skip(ref rest, "Write at 0x"u8);
        if (!IsWrite && !Skip(ref rest, "read at 0x"u8) && !Skip(ref rest, "Read at 0x"u8))
            return false;
        if (!TryReadHex(rest, out Address, out int used))
            return false;
        rest = rest[used..];
        if (!Skip(ref rest, " by "u8) || !TryReadWho(rest))
            return false;
        Kind = RaceLineKind.Access;
        return true;
    }

    private bool TryReadGoroutine(ReadOnlySpan<byte> rest)
    {
        if (!Skip(ref rest, "Goroutine "u8) || !Utf8Parser.TryParse(rest, out long number, out int digits))
            return false;
        rest = rest[digits..];
        int end = rest.IndexOf((byte)')');
        if (!rest.StartsWith(" ("u8) || end < 0 || !rest[end..].StartsWith(") created at:"u8))
            return false;
        Goroutine = number;
        Take(RaceLineKind.Goroutine, rest[2..end]);
        return true;
    }

    private bool TryReadHeap(ReadOnlySpan<byte> rest)
    {
        if (!Skip(ref rest, "Heap block of size "u8) || !TryReadSizeAndAddress(ref rest) || !Skip(ref rest, " allocated by "u8) || !TryReadWho(rest))
            return false;
        Kind = RaceLineKind.Heap;
        return true;
    }

    private bool TryReadGlobal(ReadOnlySpan<byte> rest)
    {
        if (!Skip(ref rest, "Global var "u8) || rest.LastIndexOf(" of size "u8) is not (> 0 and var end))
            return false;
        ReadOnlySpan<byte> name = rest[..end];
        rest = rest[(end + " of size ".Length)..];
        if (!TryReadSizeAndAddress(ref rest))
            return false;
        Take(RaceLineKind.Global, name);
        return true;
    }

    private bool TryReadFound(ReadOnlySpan<byte> rest)
    {
        if (!Skip(ref rest, "Found "u8) || !Utf8Parser.TryParse(rest, out uint count, out int digits) || !rest[digits..].StartsWith(" data race(s)"u8))
            return false;
        (Kind, Size) = (RaceLineKind.Found, count);
        return true;
    }

    private bool TryReadSizeAndAddress(ref ReadOnlySpan<byte> rest)
    {
        if (!Utf8Parser.TryParse(rest, out Size, out int digits))
            return false;
        rest = rest[digits..];
        if (!Skip(ref rest, " at 0x"u8) || !TryReadHex(rest, out Address, out int used))
            return false;
        rest = rest[used..];
        return true;
    }

    private bool TryReadWho(ReadOnlySpan<byte> rest)
    {
        if (rest.StartsWith("main goroutine"u8))
        {
            Goroutine = -1;
            return true;
        }

        return Skip(ref rest, "goroutine "u8) && Utf8Parser.TryParse(rest, out Goroutine, out _) && Goroutine >= 0;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, out ulong value, out int used) => Utf8Parser.TryParse(text, out value, out used, 'x') && used <= 16;

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> word)
    {
        if (!rest.StartsWith(word))
            return false;
        rest = rest[word.Length..];
        return true;
    }
}
