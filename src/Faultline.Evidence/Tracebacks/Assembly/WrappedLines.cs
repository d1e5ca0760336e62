using System.Buffers;
using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>
/// Puts lines together that a terminal, <c>fold</c> or a log shipper broke at a fixed width, which the log does not say. A line that is
/// as long as the longest so far waits for the next one; the two are one line when the grammar wants what follows. Once that proved the
/// width, lines of exactly that width go on in whatever begins nothing of its own.
/// </summary>
internal sealed class WrappedLines(ReportAssembler assembler)
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Nobody wraps narrower, and short lines are too often the longest so far.</summary>
    private const int LeastWidth = 40;

    private const int TabSize = 8;

    /// <summary>No function has more hexadecimal digits of code.</summary>
    private const int LongestOffset = 8;

    /// <summary>At which terminals and shippers break lines.</summary>
    private static readonly int[] s_usualWidths = [72, 80, 96, 100, 120, 128, 132, 140, 160, 200, 240, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>How far a line waits for those below it to prove the width.</summary>
    private const int MostUndecided = 256;

    private const int MostUndecidedSize = 64 * 1024;

    /// <summary>Longer than any line of a traceback: names are capped and arguments are few.</summary>
    private const int LongestLine = 16 * 1024;

    private readonly ArrayBufferWriter<byte> held = new();
    private readonly ArrayBufferWriter<byte> joined = new();
    private readonly List<byte[]> undecided = [];
    private int undecidedSize;
    private bool isDecided;
    private LineForm form;
    private LineWidth width;
    private LineWidth longest;
    private LineWidth proven;

    /// <summary>A line waits for its rest: the bytes that follow may be part of it.</summary>
    public bool IsHolding => HeldCount > 0;

    /// <summary>Lines of the log that wait.</summary>
    public int HeldCount { get; private set; }

    /// <summary>Some lines were put together.</summary>
    public bool IsFound { get; private set; }

    public void Take(ReadOnlySpan<byte> line)
    {
        if (undecided.Count > 0)
        {
            Queue(line);
            return;
        }

        if (IsHolding && TryContinue(line))
            return;
        Release();
        if (MayBeBroken(line))
            Hold(line);
        else
            assembler.TakeLine(line);
    }

    /// <summary>Ends the log; what its last line is when no other goes on in it.</summary>
    public ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> lastLine)
    {
        Decide();
        bool isTaken = IsHolding && TryContinue(lastLine);
        Release();
        return isTaken ? default : lastLine;
    }

    /// <summary>Hands on what waits.</summary>
    public void Release()
    {
        Decide();
        if (!IsHolding)
            return;
        int count = HeldCount;
        HeldCount = 0;
        assembler.TakeLine(held.WrittenSpan, count);
    }

    private bool MayBeBroken(ReadOnlySpan<byte> line)
    {
        int size = line.Length;
        if (size < LeastWidth || (size < longest.Bytes && size + TabSize <= longest.Columns))
            return false;
        width = LineWidth.Of(WithoutReturn(line), TabSize);
        proven = new LineWidth(width.Bytes > proven.Bytes ? 0 : proven.Bytes, width.Columns > proven.Columns ? 0 : proven.Columns);
        bool isLongest = width.Bytes >= longest.Bytes || width.Columns >= longest.Columns;
        longest = new LineWidth(Math.Max(width.Bytes, longest.Bytes), Math.Max(width.Columns, longest.Columns));
        form = isLongest ? LineStart.Of(line) : LineForm.Other;
        return form is LineForm.Headline or LineForm.Header or LineForm.Scheduler || (form != LineForm.Other && assembler.IsInside);
    }

    private void Hold(ReadOnlySpan<byte> line)
    {
        held.ResetWrittenCount();
        held.Write(WithoutReturn(line));
        HeldCount = 1;
    }

    private bool TryContinue(ReadOnlySpan<byte> next)
    {
        next = WithoutReturn(next);
        if (next.IsEmpty || held.WrittenCount + next.Length > LongestLine)
            return false;
        bool isFull = LineWidth.Of(next, TabSize).Fills(width);
        joined.ResetWrittenCount();
        joined.Write(held.WrittenSpan);
        joined.Write(next);
        bool isProven = width.Fills(proven);
        bool isWhole = IsWhole(form, held.WrittenSpan, joined.WrittenSpan, next, isProven);
        if (!isWhole && !isDecided && IsWhole(form, held.WrittenSpan, joined.WrittenSpan, next, isProven: true))
        {
            Queue(next);
            return true;
        }

        if (!isWhole)
        {
            if (!isFull || LineStart.IsStart(next) || !IsOpen(held.WrittenSpan))
                return false;
        }
        else
        {
            IsFound = true;
            proven = width;
        }

        held.ResetWrittenCount();
        held.Write(joined.WrittenSpan);
        HeldCount++;
        if (form == LineForm.Name)
            form = LineStart.Of(held.WrittenSpan);
        if (!isFull)
            Release();
        return true;
    }

    /// <summary>
    /// A headline may say anything, and an address may be whole or not. Whether such a line goes on is known when lines of its width
    /// below it do.
    /// </summary>
    private void Queue(ReadOnlySpan<byte> line)
    {
        line = WithoutReturn(line);
        ReadOnlySpan<byte> before = undecided.Count > 0 ? undecided[^1] : default;
        undecided.Add(line.ToArray());
        undecidedSize += line.Length;
        HeldCount++;
        LineWidth size = LineWidth.Of(line, TabSize);
        bool isRefuted = size.Bytes > width.Bytes && size.Columns > width.Columns;
        if (!isRefuted && !before.IsEmpty && LineWidth.Of(before, TabSize).Fills(width))
        {
            joined.ResetWrittenCount();
            joined.Write(before);
            joined.Write(line);
            LineForm sort = LineStart.Of(before);
            if (IsWhole(sort, before, joined.WrittenSpan, line, isProven: IsAddress(sort, line)))
            {
                proven = width;
                Decide();
                return;
            }
        }

        if (isRefuted || undecided.Count >= MostUndecided || undecidedSize >= MostUndecidedSize)
            Decide(isRefuted);
    }

    private void Decide(bool isRefuted = false)
    {
        if (undecided.Count == 0)
            return;
        byte[][] lines = [.. undecided];

        // Nothing but the address after "pc=" ends in digits of its own, and nothing in the log is longer. An offset could be whole and the digits another's
        // output: it goes on only at a width that is in use.
        if (!isRefuted && IsAddress(form, lines[0]) && PlaceLine.TryParse(held.WrittenSpan, out PlaceLine place)
            && (place.HasPointers || (place.HasOffset && lines[0].Length < LongestOffset && IsUsual(width))))
            proven = width;
        undecided.Clear();
        undecidedSize = 0;
        HeldCount = 1;
        isDecided = true;
        foreach (byte[] line in lines)
            Take(line);
        isDecided = false;
    }

    /// <summary>The two are a line of the traceback, and more of one than the first alone.</summary>
    private static bool IsWhole(LineForm form, ReadOnlySpan<byte> first, ReadOnlySpan<byte> both, ReadOnlySpan<byte> next, bool isProven)
    {
        // What a symbol goes on with may look like one.
        if (form != LineForm.Name && LineStart.IsStart(next))
            return false;
        return form switch
        {
            LineForm.Name or LineForm.Call => !IsCall(first) && IsCall(both),
            LineForm.Place => PlaceLine.TryParse(both, out PlaceLine place) && (isProven || IsMore(first, place)),
            LineForm.Header => !HeaderLine.TryParse(first, out _) && HeaderLine.TryParse(both, out _),
            LineForm.Creation => CreationLine.TryParse(both, out CreationLine creation)
                && (isProven || (creation.Parent is not null && CreationLine.TryParse(first, out CreationLine cut) && cut.Parent is null)),
            LineForm.Signal or LineForm.Origin => !first.EndsWith("]"u8) && !first.EndsWith("]:"u8) && both[^1] is (byte)']' or (byte)':',
            LineForm.Scheduler => isProven || next.Contains((byte)'='),
            _ => isProven || HasCutMark(both, next),
        };
    }

    /// <summary>The runtime's own end of a headline, which the width cut into or off.</summary>
    private static bool HasCutMark(ReadOnlySpan<byte> both, ReadOnlySpan<byte> next) =>
        (both.EndsWith(" [recovered]"u8) && next.Length <= " [recovered]".Length)
        || (both.EndsWith(" [recovered, repanicked]"u8) && next.Length <= " [recovered, repanicked]".Length);

    /// <summary>The line as it stands ends too early.</summary>
    private bool IsOpen(ReadOnlySpan<byte> line) => form switch
    {
        LineForm.Name => true,
        LineForm.Call => !IsCall(line),
        LineForm.Place => !PlaceLine.TryParse(line, out _),
        LineForm.Header => !HeaderLine.TryParse(line, out _),
        LineForm.Signal => line[^1] != ']',
        LineForm.Scheduler => true,
        _ => false,
    };

    private static bool IsAddress(LineForm form, ReadOnlySpan<byte> rest) => form == LineForm.Place && !rest.ContainsAnyExcept(HexDigits);

    private static bool IsUsual(LineWidth width) => s_usualWidths.Contains(width.Bytes) || s_usualWidths.Contains(width.Columns);

    private static bool IsCall(ReadOnlySpan<byte> line) => CallLine.TryParse(line, out CallLine call) && call.IsCertain;

    private static bool IsMore(ReadOnlySpan<byte> first, in PlaceLine both) =>
        !PlaceLine.TryParse(first, out PlaceLine cut)
        || (both.HasOffset && !cut.HasOffset) || (both.HasPointers && !cut.HasPointers) || (both.IsCgo && !cut.IsCgo);

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;
}
