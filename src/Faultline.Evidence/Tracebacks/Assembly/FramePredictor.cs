using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>
/// Goroutines mostly repeat each other: at every node of the tree of stacks the text of its children is compared with the log
/// directly, whole frames at a time and without looking for line ends. What matches is recorded exactly as the slow way would.
/// </summary>
internal sealed class FramePredictor(TracebackStore store, StackRecorder recorder)
{
    private const int MostProbes = 8;

    /// <summary>Takes one frame (or the creation) from the start of the log's rest; 0 when none of the guesses fits.</summary>
    /// <param name="rest">From the start of a line.</param>
    /// <param name="line">Number of that line.</param>
    /// <param name="lineCount">Lines taken.</param>
    public int Take(ReadOnlySpan<byte> rest, long line, out int lineCount)
    {
        int parent = recorder.Leaf;
        int before = 0;
        int child = store.Stacks[parent].FirstChild;
        for (int probe = 0; child != 0 && probe < MostProbes; probe++)
        {
            FrameEntry entry = store.Frames[store.Stacks[child].Location];
            if (rest.StartsWith(entry.Lead))
            {
                int used = entry.Shape switch
                {
                    FrameShape.Call => TakeCall(rest, entry, child, line),
                    FrameShape.Fixed => TakeFixed(entry, child, line),
                    _ => TakeCreation(rest, entry, child, line),
                };
                if (used > 0)
                {
                    if (before != 0)
                        store.Stacks.Promote(parent, before, child);
                    lineCount = entry.LineCount;
                    return used;
                }
            }

            before = child;
            child = store.Stacks[child].NextSibling;
        }

        lineCount = 0;
        return 0;
    }

    private int TakeFixed(FrameEntry entry, int child, long line)
    {
        recorder.Add(child, entry.LineCount, line, default, hasPointers: false, 0, 0);
        return entry.Lead.Length;
    }

    private int TakeCall(ReadOnlySpan<byte> rest, FrameEntry entry, int child, long line)
    {
        // A call without its file line is known as such only by the line after it.
        if (entry.Tail.Length == 0)
            return 0;
        ReadOnlySpan<byte> text = rest[entry.Lead.Length..];
        int size = text.IndexOfAnyExcept(ArgumentGrammar.Bytes);
        if (size < 0 || size > TracebackLimits.ArgumentTextSize || size + 2 > text.Length || text[size] != ')' || text[size + 1] != '\n')
            return 0;
        ReadOnlySpan<byte> arguments = text[..size];
        text = text[(size + 2)..];
        if (!text.StartsWith(entry.Tail))
            return 0;
        int used = entry.Lead.Length + size + 2 + entry.Tail.Length;
        if (!entry.HasPointers)
        {
            // Only "(...)" with nothing after the line number says inlined.
            if (size == 3 && arguments[0] == '.')
                return 0;
            recorder.Add(child, 2, line, arguments, hasPointers: false, 0, 0);
            return used;
        }

        text = text[entry.Tail.Length..];
        if (!Digits.TryHex(text, out ulong framePointer, out size) || !text[size..].StartsWith(" sp=0x"u8))
            return 0;
        used += size + 6;
        text = text[(size + 6)..];
        if (!Digits.TryHex(text, out ulong stackPointer, out size) || !text[size..].StartsWith(entry.PcText))
            return 0;
        recorder.Add(child, 2, line, arguments, hasPointers: true, framePointer, stackPointer);
        return used + size + entry.PcText.Length;
    }

    private int TakeCreation(ReadOnlySpan<byte> rest, FrameEntry entry, int child, long line)
    {
        if (entry.Tail.Length == 0)
            return 0;
        ReadOnlySpan<byte> text = rest[entry.Lead.Length..];
        int used = entry.Lead.Length;
        long? parent = null;
        if (text.StartsWith(" in goroutine "u8))
        {
            if (!Digits.TryDecimal(text[" in goroutine "u8.Length..], out long id, out int size))
                return 0;
            parent = id;
            size += " in goroutine "u8.Length;
            used += size;
            text = text[size..];
        }

        if (!text.StartsWith(entry.Tail))
            return 0;
        recorder.AddCreation(child, line, parent);
        return used + entry.Tail.Length;
    }
}
