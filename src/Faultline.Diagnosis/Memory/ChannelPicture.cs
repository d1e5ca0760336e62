using System.Runtime.InteropServices;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>A goroutine in a queue of a channel.</summary>
/// <param name="Goroutine">Its number; 0 when it cannot be read.</param>
/// <param name="IsSelect">It waits on other channels as well.</param>
/// <param name="Element">What it is about to send, on one line; null for a receiver.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelWaiterPicture(long Goroutine, bool IsSelect, string? Element);

/// <summary>A slot of the ring of a channel.</summary>
/// <param name="Index">Its place in the buffer.</param>
/// <param name="IsFull">It holds an element that was not received yet.</param>
/// <param name="Element">On one line; null when the slot is free, or the type is not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelSlotPicture(long Index, bool IsFull, string? Element);

/// <summary>A channel with a part of its ring and the heads of its queues. What is left out is counted.</summary>
public sealed record ChannelPicture : ObjectPicture
{
    /// <summary>Slots of the ring that are shown.</summary>
    public const int SlotLimit = 64;

    private const int WaiterLimit = 32;

    /// <summary>Buffered elements (<c>qcount</c>).</summary>
    public required long Count { get; init; }

    /// <summary>Room of the buffer (<c>dataqsiz</c>).</summary>
    public required long Capacity { get; init; }

    public required bool IsClosed { get; init; }

    /// <summary>A timer sends on it.</summary>
    public bool IsOfTimer { get; init; }

    /// <summary>Where the next element is put (<c>sendx</c>).</summary>
    public required long SendIndex { get; init; }

    /// <summary>Where the next element is taken from (<c>recvx</c>).</summary>
    public required long ReceiveIndex { get; init; }

    /// <summary>All of a small ring, by their places; of a large one those that are received next, in that order.</summary>
    public required IReadOnlyList<ChannelSlotPicture> Slots { get; init; }

    /// <summary>The first ones, longest waiting first.</summary>
    public required IReadOnlyList<ChannelWaiterPicture> Senders { get; init; }

    public required int SenderCount { get; init; }

    /// <summary>The first ones, longest waiting first.</summary>
    public required IReadOnlyList<ChannelWaiterPicture> Receivers { get; init; }

    public required int ReceiverCount { get; init; }

    /// <summary>Null when there is no channel.</summary>
    /// <param name="memory">What it lies in.</param>
    /// <param name="address">What a channel variable holds.</param>
    public static ChannelPicture? Read(MemoryImage memory, ulong address)
    {
        var state = memory.State;
        if (Channel.TryRead(state, address) is not { } channel)
            return null;
        var isWhole = channel.Capacity <= SlotLimit;
        var slots = new List<ChannelSlotPicture>();
        for (var at = 0L; at < Math.Min(channel.Capacity, SlotLimit); at++)
        {
            var index = isWhole ? at : (channel.ReceiveIndex + at) % channel.Capacity;
            var isFull = (index - channel.ReceiveIndex + channel.Capacity) % channel.Capacity < channel.Count;
            slots.Add(new ChannelSlotPicture(
                index, isFull, isFull && channel.ElementType is { } type ? PictureText.Of(state, type, channel.Buffer + ((ulong)index * (ulong)channel.ElementSize)) : null));
        }

        return new ChannelPicture
        {
            Source = memory.Source,
            Address = address,
            Type = channel.ElementType?.Name,
            Count = channel.Count,
            Capacity = channel.Capacity,
            IsClosed = channel.IsClosed,
            IsOfTimer = channel.Timer is not null,
            SendIndex = channel.SendIndex,
            ReceiveIndex = channel.ReceiveIndex,
            Slots = slots,
            Senders = [.. channel.Senders.Take(WaiterLimit).Select(waiter => Of(state, channel, waiter, isSender: true))],
            SenderCount = channel.Senders.Count,
            Receivers = [.. channel.Receivers.Take(WaiterLimit).Select(waiter => Of(state, channel, waiter, isSender: false))],
            ReceiverCount = channel.Receivers.Count,
        };
    }

    private static ChannelWaiterPicture Of(RuntimeState state, Channel channel, in ChannelWaiter waiter, bool isSender) => new(
        (long)waiter.GoroutineId, waiter.IsSelect,
        isSender && channel.ElementType is { } type && waiter.Element != 0 ? PictureText.Of(state, type, waiter.Element) : null);
}
