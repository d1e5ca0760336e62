using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Channels;

/// <summary>A channel as it lay in memory (<c>runtime.hchan</c>). Addresses are those of the process.</summary>
public sealed record Channel
{
    private const string Structure = "runtime.hchan";
    private const int QueueLimit = 1 << 22;

    /// <summary>What a channel variable holds.</summary>
    public required ulong Address { get; init; }

    /// <summary>The type of its elements, which it carries itself; null when the descriptor cannot be read.</summary>
    public GoType? ElementType { get; init; }

    /// <summary>Bytes of an element.</summary>
    public int ElementSize { get; init; }

    /// <summary>Buffered elements.</summary>
    public long Count { get; init; }

    /// <summary>Room of the buffer; 1 for a timer's channel, which is unbuffered to its users.</summary>
    public long Capacity { get; init; }

    public bool IsClosed { get; init; }

    /// <summary>Address of the buffer.</summary>
    public ulong Buffer { get; init; }

    /// <summary>Where in the buffer the next element is put.</summary>
    public long SendIndex { get; init; }

    /// <summary>Where in the buffer the next element is taken from.</summary>
    public long ReceiveIndex { get; init; }

    /// <summary>The timer that sends on it (Go 1.23 and later); null for other channels.</summary>
    public ChannelTimer? Timer { get; init; }

    /// <summary>Longest waiting first.</summary>
    public IReadOnlyList<ChannelWaiter> Senders { get; init; } = [];

    /// <summary>Longest waiting first.</summary>
    public IReadOnlyList<ChannelWaiter> Receivers { get; init; } = [];

    /// <summary>Addresses of the buffered elements, the next one to be received first.</summary>
    public IEnumerable<ulong> Elements()
    {
        for (var index = 0L; index < Count; index++)
            yield return Buffer + ((ulong)((ReceiveIndex + index) % Capacity) * (ulong)ElementSize);
    }

    /// <summary>Null when the memory is not there or is no channel.</summary>
    public static Channel? TryRead(RuntimeState state, ulong address)
    {
        var layouts = state.Layouts;
        var bytes = new byte[layouts.Size(Structure)];
        if (bytes.Length == 0 || !state.Memory.TryRead(address, bytes))
            return null;
        var (count, capacity) = (Word("qcount"), Word("dataqsiz"));
        var elementSize = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(layouts.Offset(Structure, "elemsize")));
        var closed = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(layouts.Offset(Structure, "closed")));
        var (send, receive) = (Word("sendx"), Word("recvx"));
        if (count > capacity || capacity > 1UL << 40 || closed > 1 || (capacity == 0 ? send | receive : send / capacity | receive / capacity) != 0)
            return null;
        var waiters = new WaiterLayout(layouts);
        return new Channel
        {
            Address = address,
            ElementType = state.Types.FindAt(Word("elemtype")),
            ElementSize = elementSize,
            Count = (long)count,
            Capacity = (long)capacity,
            IsClosed = closed != 0,
            Buffer = Word("buf"),
            SendIndex = (long)send,
            ReceiveIndex = (long)receive,
            Timer = layouts.Offset(Structure, "timer") >= 0 && Word("timer") is not 0 and var timer ? ChannelTimer.Read(state, timer) : null,
            Senders = ReadQueue(state, waiters, Word("sendq")),
            Receivers = ReadQueue(state, waiters, Word("recvq")),
        };

        ulong Word(string field) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(layouts.Offset(Structure, field)));
    }

    private static List<ChannelWaiter> ReadQueue(RuntimeState state, WaiterLayout layout, ulong first)
    {
        var waiters = new List<ChannelWaiter>();
        var seen = new HashSet<ulong>();
        for (var record = first; record != 0 && waiters.Count < QueueLimit && seen.Add(record); record = state.Memory.ReadUInt64(record + layout.Next))
        {
            if (!state.Memory.TryReadPointer(record + layout.Goroutine, out var goroutine))
                break;
            var id = state.Goroutines.TryFindAt(goroutine, out var found) ? found.Id : 0;
            waiters.Add(new ChannelWaiter(
                goroutine, id, state.Memory.ReadUInt64(record + layout.Element), state.Memory.ReadByte(record + layout.IsSelect) != 0, record));
        }

        return waiters;
    }
}
