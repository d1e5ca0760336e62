namespace Faultline.Runtime.Memory;

/// <summary>Memory of a process by its addresses: a core, a live process, a recorded piece of a stack, a binary's own sections.</summary>
public interface IAddressSpace
{
    private const ulong PageMask = 4095;

    /// <summary>
    /// Fills the buffer from <paramref name="address"/> on and returns how many bytes it got; fewer than asked for, down to 0, where
    /// the next byte is not there. Never throws for an address.
    /// </summary>
    int Read(ulong address, scoped Span<byte> buffer);

    /// <summary>
    /// Where to look for the next byte when there is none at <paramref name="address"/>: no byte lies between the two.
    /// <see cref="ulong.MaxValue"/> when there is no further one. A space that does not know its ranges answers with the next page.
    /// </summary>
    ulong NextAddress(ulong address) => (address | PageMask) == ulong.MaxValue ? ulong.MaxValue : (address | PageMask) + 1;
}
