using System.Runtime.InteropServices;

namespace Faultline.Runtime.Unwinding;

/// <summary>The registers that unwinding starts from, as the processor or the scheduler saved them. Addresses are those of the running process.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StackRegisters
{
    public required ulong Pc { get; init; }

    public required ulong Sp { get; init; }

    /// <summary>RBP or X29; 0 when unknown, then code without tables ends the stack.</summary>
    public ulong FramePointer { get; init; }

    /// <summary>X30; unused on amd64.</summary>
    public ulong LinkRegister { get; init; }

    /// <summary>
    /// R14, X28, or the g that a debugger knows to be current; 0 when unknown. It is believed only if the memory there is a g that its own m
    /// points back to, so what C code left in the register does no harm.
    /// </summary>
    public ulong Goroutine { get; init; }

    /// <summary>
    /// True when <see cref="Pc"/> is where execution will go on, as in <c>g.sched</c> of a parked goroutine; false when it is the
    /// instruction that the thread stopped at.
    /// </summary>
    public bool IsReturnAddress { get; init; }
}
