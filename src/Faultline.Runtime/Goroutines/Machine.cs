using System.Runtime.InteropServices;

namespace Faultline.Runtime.Goroutines;

/// <summary>What the runtime's <c>m</c>, a thread, says. Addresses are those of the running process; 0 where a field is empty.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Machine
{
    public required ulong Address { get; init; }

    /// <summary>The runtime's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The kernel's id of the thread; 0 for a thread that has not begun.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The goroutine that it runs user code of.</summary>
    public ulong CurrentGoroutine { get; init; }

    /// <summary>The g of its own stack, on which the scheduler runs.</summary>
    public ulong SystemGoroutine { get; init; }

    /// <summary>The g of its signal stack.</summary>
    public ulong SignalGoroutine { get; init; }

    /// <summary>The <c>p</c> that it holds.</summary>
    public ulong Processor { get; init; }

    public ulong LockedGoroutine { get; init; }

    /// <summary>0 no, 1 a fatal error that is the program's fault, 2 one that is the runtime's.</summary>
    public int Throwing { get; init; }

    /// <summary>Above 0 while it prints its last words.</summary>
    public int Dying { get; init; }

    public bool IsSpinning { get; init; }

    public bool IsBlocked { get; init; }

    /// <summary>Runs C code.</summary>
    public bool IsInCgo { get; init; }
}
