using System.Runtime.InteropServices;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Live;

/// <summary>The memory of a process as it is now, by <c>process_vm_readv</c>. Thread-safe.</summary>
/// <param name="processId">The process.</param>
/// <param name="ranges">Its mappings in address order.</param>
public sealed partial class LiveMemory(int processId, IReadOnlyList<MemoryRange> ranges) : IAddressSpace
{
    public int Read(ulong address, Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        unsafe
        {
            fixed (byte* bytes = buffer)
            {
                var here = new IoVector { Address = (nuint)bytes, Size = (nuint)buffer.Length };
                var there = new IoVector { Address = (nuint)address, Size = (nuint)buffer.Length };
                return (int)Math.Max(0, ReadFrom(processId, &here, 1, &there, 1, 0));
            }
        }
    }

    public ulong NextAddress(ulong address)
    {
        foreach (var range in ranges)
        {
            if (range.IsReadable && range.Start > address)
                return range.Start;
        }

        return ulong.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "process_vm_readv")]
    private static unsafe partial nint ReadFrom(int processId, IoVector* here, nuint hereCount, IoVector* there, nuint thereCount, nuint flags);
}
