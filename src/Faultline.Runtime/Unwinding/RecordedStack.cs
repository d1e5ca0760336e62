using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Unwinding;

/// <summary>The piece of a stack that a recorder copied, as memory: nothing else can be read.</summary>
/// <param name="stackPointer">Address of the first byte in the process.</param>
/// <param name="bytes">From the stack pointer upwards.</param>
public readonly ref struct RecordedStack(ulong stackPointer, ReadOnlySpan<byte> bytes) : IAddressSpace
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <inheritdoc/>
    public int Read(ulong address, scoped Span<byte> buffer)
    {
        var start = address - stackPointer;
        if (start >= (ulong)_bytes.Length)
            return 0;
        var count = Math.Min(buffer.Length, _bytes.Length - (int)start);
        _bytes.Slice((int)start, count).CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    public ulong NextAddress(ulong address) => address < stackPointer ? stackPointer : ulong.MaxValue;
}
