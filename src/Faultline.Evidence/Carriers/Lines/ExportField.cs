using System.Buffers;
using System.Buffers.Binary;

namespace Faultline.Evidence.Carriers.Lines;

/// <summary>
/// Fields of <c>journalctl -o export</c> in binary form (systemd, Journal Export Formats): the name alone on a line, the size in 8 bytes,
/// the value, a line feed. Values with line feeds or control characters are written so; they are taken line by line as they come.
/// </summary>
internal sealed class ExportField
{
    private const int LongestName = 64;
    private const int HeaderSize = 8;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    private readonly byte[] header = new byte[HeaderSize];
    private int headerCount;
    private ulong left;
    private bool isExport;
    private bool isMessage;

    /// <summary>The lines that follow are bytes of a value.</summary>
    public bool IsInside { get; private set; }

    /// <summary>Takes a line that is the name of a binary field; only entries of the journal have such.</summary>
    public bool TryBegin(ReadOnlySpan<byte> line)
    {
        if (!isExport)
        {
            isExport = line[0] == '_' && line.StartsWith("__CURSOR="u8);
            return false;
        }

        if (line.Length > LongestName || line.ContainsAnyExcept(NameBytes))
            return false;
        IsInside = true;
        isMessage = line.SequenceEqual("MESSAGE"u8);
        headerCount = 0;
        return true;
    }

    /// <summary>Takes a line within a field; <paramref name="text"/> is what it has of a message. False when the field cannot be one.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text, out bool isText)
    {
        text = default;
        isText = false;
        if (headerCount < HeaderSize && !TryTakeHeader(ref line))
            return true;
        if (left > CarrierLimits.LineSize || left < (ulong)line.Length)
        {
            IsInside = false;
            return false;
        }

        // Behind the value stands one more line feed.
        left -= (ulong)line.Length;
        IsInside = left > 0;
        left -= IsInside ? 1UL : 0;
        text = line;
        isText = isMessage && (IsInside || !line.IsEmpty);
        return true;
    }

    /// <summary>Takes the size off the line; false when the value does not begin on it.</summary>
    private bool TryTakeHeader(ref ReadOnlySpan<byte> line)
    {
        int size = Math.Min(HeaderSize - headerCount, line.Length);
        line[..size].CopyTo(header.AsSpan(headerCount));
        headerCount += size;
        line = line[size..];
        bool isComplete = headerCount == HeaderSize;
        if (!isComplete)
            header[headerCount++] = (byte)'\n';
        if (headerCount == HeaderSize)
            left = BinaryPrimitives.ReadUInt64LittleEndian(header);
        return isComplete;
    }
}
