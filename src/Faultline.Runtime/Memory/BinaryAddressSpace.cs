using Faultline.Binaries;

namespace Faultline.Runtime.Memory;

/// <summary>
/// What a binary's file says about memory, at the addresses that it was loaded to: code, constants, and data as they were before the
/// program ran. The lowest layer of a core, which leaves out pages that the file has as well.
/// </summary>
/// <param name="binary">The program; stays the caller's.</param>
/// <param name="loadBias">Run-time address minus link-time address; 0 for a program that is not position-independent.</param>
public sealed class BinaryAddressSpace(GoBinary binary, ulong loadBias) : IAddressSpace
{
    public ulong LoadBias => loadBias;

    public int Read(ulong address, Span<byte> buffer) => binary.Elf.Read(address - loadBias, buffer, loadBias);

    public ulong NextAddress(ulong address)
    {
        var next = ulong.MaxValue;
        foreach (var segment in binary.Elf.Segments.Loads)
        {
            var start = segment.Address + loadBias;
            if (start > address && start < next)
                next = start;
        }

        return next;
    }
}
