using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Channels;

/// <summary>Offsets of <c>runtime.sudog</c>, the record of a goroutine that waits on something.</summary>
internal sealed class WaiterLayout
{
    private const string Structure = "runtime.sudog";

    public WaiterLayout(RuntimeLayouts layouts)
    {
        Goroutine = Offset("g");
        Next = Offset("next");
        Previous = Offset("prev");
        Element = Offset("elem");
        Channel = Offset("c");
        IsSelect = Offset("isSelect");
        WaitLink = Offset("waitlink");

        // Since Go 1.26 these are pairs of a pointer, which the leak detector hides, and the address itself.
        if (layouts.FieldSize(Structure, "elem") == 16)
            Element += 8;
        if (layouts.FieldSize(Structure, "c") == 16)
            Channel += 8;

        ulong Offset(string field) => (ulong)Math.Max(0, layouts.Offset(Structure, field));
    }

    public ulong Goroutine { get; }

    public ulong Next { get; }

    public ulong Previous { get; }

    /// <summary>The value's place for a channel, the address waited on for a semaphore.</summary>
    public ulong Element { get; }

    public ulong Channel { get; }

    public ulong IsSelect { get; }

    /// <summary>The next case of a select, or the next waiter for the same semaphore.</summary>
    public ulong WaitLink { get; }
}
