namespace Faultline.Evidence.Carriers;

/// <summary>Takes a line without its line feed; valid during the call.</summary>
internal delegate void LineConsumer(ReadOnlySpan<byte> line, long number);

/// <summary>Cuts text that comes in chunks into numbered lines. A line that is too long is skipped and counted.</summary>
internal sealed class LogLines(LineConsumer consumer, int longest)
{
    private byte[] carry = new byte[4096];
    private int carryCount;
    private bool isSkipping;

    /// <summary>Lines that ended so far.</summary>
    public long Count { get; private set; }

    /// <summary>The first line that was too long; 0 without one.</summary>
    public long FirstTooLong { get; private set; }

    /// <summary>The text at hand does not end with a line feed.</summary>
    public bool IsOpen => carryCount > 0 || isSkipping;

    public void Write(ReadOnlySpan<byte> text)
    {
        for (int size; (size = text.IndexOf((byte)'\n')) >= 0; text = text[(size + 1)..])
        {
            if (!IsOpen)
            {
                Take(text[..size]);
                continue;
            }

            Carry(text[..size]);
            Flush();
        }

        Carry(text);
    }

    /// <summary>Takes a last line that has no line feed.</summary>
    public void Complete()
    {
        if (IsOpen)
            Flush();
    }

    private void Flush()
    {
        if (isSkipping)
            SkipLine();
        else
            Take(carry.AsSpan(0, carryCount));
        isSkipping = false;
        carryCount = 0;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.Length > longest)
        {
            SkipLine();
            return;
        }

        Count++;
        consumer(Count == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line, Count);
    }

    private void SkipLine()
    {
        Count++;
        if (FirstTooLong == 0)
            FirstTooLong = Count;
    }

    private void Carry(ReadOnlySpan<byte> text)
    {
        if (isSkipping || text.IsEmpty)
            return;
        if (carryCount + (long)text.Length > longest)
        {
            isSkipping = true;
            return;
        }

        if (carryCount + text.Length > carry.Length)
            Array.Resize(ref carry, Math.Max(carryCount + text.Length, carry.Length * 2));
        text.CopyTo(carry.AsSpan(carryCount));
        carryCount += text.Length;
    }
}
