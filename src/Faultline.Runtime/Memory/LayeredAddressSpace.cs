namespace Faultline.Runtime.Memory;

/// <summary>
/// Spaces laid over each other: every byte comes from the first layer that has it. A lower layer is only read up to where an upper
/// one begins again, so that it never hides what changed at run time.
/// </summary>
public sealed class LayeredAddressSpace(params IReadOnlyList<IAddressSpace> layers) : IAddressSpace
{
    public int Read(ulong address, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var count = ReadRun(address + (ulong)total, buffer[total..]);
            if (count == 0)
                break;
            total += count;
            if (address + (ulong)total < address)
                break;
        }

        return total;
    }

    public ulong NextAddress(ulong address)
    {
        var next = ulong.MaxValue;
        foreach (var layer in layers)
            next = Math.Min(next, layer.NextAddress(address));
        return next;
    }

    /// <summary>Reads from the first layer that has the byte at an address, no further than where a layer above it may begin.</summary>
    private int ReadRun(ulong address, Span<byte> buffer)
    {
        foreach (var layer in layers)
        {
            if (buffer.IsEmpty)
                return 0;
            if (layer.Read(address, buffer) is > 0 and var count)
                return count;
            var gap = layer.NextAddress(address) - address;
            if (gap < (ulong)buffer.Length)
                buffer = buffer[..(int)gap];
        }

        return 0;
    }
}
