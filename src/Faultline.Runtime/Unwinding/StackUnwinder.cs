using Faultline.Binaries;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Unwinding;

/// <summary>
/// Unwinds stacks of one Go program with the tables of its binary. Keeps what it learns about code addresses, so one unwinder serves all
/// stacks of a process; not thread-safe. Allocates nothing for a stack whose addresses it has seen.
/// </summary>
public sealed class StackUnwinder
{
    /// <param name="binary">The program.</param>
    /// <param name="loadBias">Address in the process minus link-time address; 0 unless the binary is position-independent.</param>
    public StackUnwinder(GoBinary binary, ulong loadBias)
    {
        LoadBias = loadBias;
        Binary = binary;
        Points = new CodePointTable(binary);
        Architecture = StackArchitecture.Find(binary.Architecture);
        Fields = GoroutineFields.For(binary);
        Calls = new CallSites(binary);
    }

    public ulong LoadBias { get; }

    internal GoBinary Binary { get; }

    internal CodePointTable Points { get; }

    internal StackArchitecture? Architecture { get; }

    /// <summary>Null where the layouts of the release are not known: changes of the stack are not followed then.</summary>
    internal GoroutineFields? Fields { get; }

    internal CallSites Calls { get; }

    /// <summary>Writes the frames of a stack, innermost first, and returns how many there are. Always ends, whatever the memory holds.</summary>
    /// <param name="start">Registers of the innermost frame.</param>
    /// <param name="memory">What can be read of the process; for a recorded stack, the recorded bytes.</param>
    /// <param name="frames">Room for the frames; as many as fit are written.</param>
    /// <param name="end">Why there are no more.</param>
    public int Unwind<TMemory>(in StackRegisters start, scoped TMemory memory, scoped Span<StackFrame> frames, out UnwindEnd end)
        where TMemory : IAddressSpace, allows ref struct
    {
        if (Architecture is null)
        {
            end = UnwindEnd.UnknownCode;
            return 0;
        }

        var walk = new StackWalk<TMemory>(this, Architecture, start, memory, frames);
        end = walk.Run();
        return walk.Count;
    }

    /// <summary>Frames of a chain of addresses that a recorder followed itself, by frame pointers or branch records; returns how many there are.</summary>
    /// <param name="chain">Innermost first; return addresses after the first.</param>
    /// <param name="frames">Room for the frames; as many as fit are written. They have no stack pointers.</param>
    /// <param name="end">Complete when the last one has no caller.</param>
    public int Adopt(ReadOnlySpan<ulong> chain, Span<StackFrame> frames, out UnwindEnd end)
    {
        end = chain.Length > frames.Length ? UnwindEnd.FrameLimit : UnwindEnd.StackExhausted;
        var count = Math.Min(chain.Length, frames.Length);
        for (var index = 0; index < count; index++)
        {
            var point = Points.Find(chain[index] - LoadBias - (index == 0 ? 0UL : 1UL));
            frames[index] = new StackFrame(chain[index], 0, 0, point.FunctionIndex, IsExactPc: index == 0, Segment: 0);
            if (point.Rule == FrameRule.Top && index == chain.Length - 1)
                end = UnwindEnd.Complete;
        }

        return count;
    }
}
