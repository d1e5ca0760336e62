namespace Faultline.Runtime.Memory;

/// <summary>Memory of a process by its addresses: a core, a live process, a recorded piece of a stack, a binary's own sections.</summary>
public interface IAddressSpace
{
    /// <summary>
    /// Fills the buffer from <paramref name="address"/> on and returns how many bytes it got; fewer than asked for, down to 0, where
    /// the next byte is not there. Never throws for an address.
    /// </summary>
    int Read(ulong address, scoped Span<byte> buffer);
}
