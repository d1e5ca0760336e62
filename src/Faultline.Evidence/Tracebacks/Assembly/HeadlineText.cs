using System.Buffers;
using System.Text;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>
/// One headline and the lines that may continue it. Since Go 1.23 every line feed of a value is followed by a tab, so such lines
/// belong to it for sure; before, a value went on raw, so other lines count only once the log proves that nothing else lay between.
/// </summary>
internal sealed class HeadlineText(HeadlineKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> rawLine, long line)
{
    private readonly string raw = Encoding.UTF8.GetString(rawLine);
    private readonly ArrayBufferWriter<byte> certain = Copy(text);
    private readonly ArrayBufferWriter<byte> doubtful = new();
    private bool canGoOnRaw = kind == HeadlineKind.Panic && !IsWrittenByRuntime(text);
    private bool isBlankSeen;

    public HeadlineKind Kind => kind;

    public long Line => line;

    /// <summary>Takes a line after the headline (without its line feed); true when it surely is a part of the value.</summary>
    public bool TryContinue(ReadOnlySpan<byte> next)
    {
        if (kind == HeadlineKind.Signal || certain.WrittenCount + doubtful.WrittenCount + next.Length > TracebackLimits.HeadlineTextSize)
            return false;
        if (next is [(byte)'\t', ..] && doubtful.WrittenCount == 0 && !isBlankSeen)
        {
            Append(certain, next[1..]);
            canGoOnRaw = false;
            return true;
        }

        isBlankSeen |= next.IsEmpty;
        if (canGoOnRaw)
            Append(doubtful, next);
        return false;
    }

    /// <summary>The headline; <paramref name="isRawProven"/> when a part of the crash followed its doubtful lines.</summary>
    public Headline Finish(bool isRawProven)
    {
        string value = Encoding.UTF8.GetString(certain.WrittenSpan);
        if (isRawProven && canGoOnRaw && doubtful.WrittenCount > 0)
            value += Encoding.UTF8.GetString(doubtful.WrittenSpan).TrimEnd('\n');

        bool isRepanicked = TryStrip(ref value, " [recovered, repanicked]");
        bool isRecovered = isRepanicked || TryStrip(ref value, " [recovered]");
        return new Headline(kind, value, line, isRecovered, isRepanicked, raw);
    }

    /// <summary>Texts of the runtime and of sync are one line each, so what follows them is some other thread's output.</summary>
    private static bool IsWrittenByRuntime(ReadOnlySpan<byte> text) =>
        text.StartsWith("runtime error: "u8)
        || text.StartsWith("sync: "u8)
        || text.StartsWith("interface conversion: "u8)
        || text.SequenceEqual("send on closed channel"u8)
        || text.SequenceEqual("close of closed channel"u8)
        || text.SequenceEqual("close of nil channel"u8)
        || text.SequenceEqual("assignment to entry in nil map"u8)
        || text.StartsWith("deadlock: "u8);

    private static bool TryStrip(ref string value, string mark)
    {
        if (!value.EndsWith(mark, StringComparison.Ordinal))
            return false;
        value = value[..^mark.Length];
        return true;
    }

    private static ArrayBufferWriter<byte> Copy(ReadOnlySpan<byte> text)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(text.Length, 16));
        buffer.Write(text);
        return buffer;
    }

    private static void Append(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> text)
    {
        buffer.Write("\n"u8);
        buffer.Write(text);
    }
}
