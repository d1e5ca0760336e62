using System.Text;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>
/// The text in brackets of a header, and its labels: <c>[status (leaked) (scan) (durable), N minutes, locked to thread, synctest bubble N]</c>.
/// Go 1.26 prints labels inside the brackets, 1.27 after them.
/// </summary>
internal sealed class HeaderShape
{
    public string Status { get; private set; } = "";

    public long? WaitMinutes { get; private set; }

    public bool IsLockedToThread { get; private set; }

    public bool IsLeaked { get; private set; }

    public bool IsScanned { get; private set; }

    public bool IsDurable { get; private set; }

    public long? SyncTestBubble { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; private set; } = [];

    /// <summary>The part of the text that is no label.</summary>
    public static ReadOnlySpan<byte> WithoutLabels(ReadOnlySpan<byte> text)
    {
        int inside = text.IndexOf(" labels:{"u8);
        int outside = text.IndexOf("] {"u8);
        if (inside >= 0 && (outside < 0 || inside < outside))
            return text[..inside];
        return outside >= 0 ? text[..(outside + 1)] : text;
    }

    public static HeaderShape Parse(ReadOnlySpan<byte> text)
    {
        var shape = new HeaderShape();
        ReadOnlySpan<byte> state = WithoutLabels(text);
        if (state.Length < text.Length)
            shape.Labels = LabelGrammar.Parse(text[(state.Length + (state[^1] == ']' ? 2 : " labels:{"u8.Length))..]);
        state = state.TrimStart((byte)'[');
        state = state.TrimEnd((byte)']');

        bool isFirst = true;
        foreach (Range range in state.Split(", "u8))
        {
            if (isFirst)
                shape.TakeStatus(state[range]);
            else
                shape.TakeSuffix(state[range]);
            isFirst = false;
        }

        return shape;
    }

    private void TakeStatus(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            if (text.EndsWith(" (scan)"u8))
                IsScanned = true;
            else if (text.EndsWith(" (leaked)"u8))
                IsLeaked = true;
            else if (text.EndsWith(" (durable)"u8) || text.EndsWith(" (synctest)"u8))
                IsDurable = true; // Go 1.24 wrote "(synctest)" for what is "(durable)" since.
            else
                break;
            text = text[..text.LastIndexOf(" ("u8)];
        }

        Status = Encoding.UTF8.GetString(text);
    }

    private void TakeSuffix(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("locked to thread"u8))
            IsLockedToThread = true;
        else if (text.EndsWith(" minutes"u8) && Digits.TryDecimal(text[..^" minutes"u8.Length], out long minutes))
            WaitMinutes = minutes;
        else if ((text.StartsWith("synctest bubble "u8) || text.StartsWith("synctest group "u8))
            && Digits.TryDecimal(text[(text.LastIndexOf((byte)' ') + 1)..], out long bubble))
            SyncTestBubble = bubble;
    }
}
