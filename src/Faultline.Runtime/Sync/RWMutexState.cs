using System.Runtime.InteropServices;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Sync;

/// <summary>A <c>sync.RWMutex</c>, decoded.</summary>
/// <param name="Writer">The mutex that writers hold among themselves, which lies at its beginning.</param>
/// <param name="ReaderCount">Readers that hold it or wait for a writer to leave.</param>
/// <param name="IsWriterPending">A writer holds it, or waits for the readers to leave; readers have to wait from then on.</param>
/// <param name="DepartingCount">Readers that a pending writer still waits for.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RWMutexState(ulong Address, MutexState Writer, int ReaderCount, bool IsWriterPending, int DepartingCount)
{
    private const int MostReaders = 1 << 30;

    /// <summary>What a writer waits on for the readers to leave.</summary>
    public ulong WriterSemaphore => Address + 8;

    /// <summary>What readers wait on for the writer to leave.</summary>
    public ulong ReaderSemaphore => Address + 12;

    /// <summary>A writer has it: it is pending, and no reader is left to wait for.</summary>
    public bool IsHeldByWriter => IsWriterPending && DepartingCount == 0;

    /// <summary>Null when the memory is not there.</summary>
    public static RWMutexState? TryRead(TargetMemory memory, ulong address)
    {
        if (MutexState.TryRead(memory, address) is not { } writer || !memory.TryReadUInt64(address + 16, out var counts))
            return null;
        var readers = (int)(uint)counts;
        var isPending = readers < 0;
        return new RWMutexState(address, writer, isPending ? readers + MostReaders : readers, isPending, (int)(counts >> 32));
    }
}
