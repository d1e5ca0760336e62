namespace Faultline.Runtime.Memory;

/// <summary>The registers of a stopped thread. Immutable.</summary>
public sealed record ThreadRegisters
{
    /// <summary>General registers by their DWARF numbers: 16 on amd64 (rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 …), 32 on arm64 (x0 … x30, sp).</summary>
    public required IReadOnlyList<ulong> General { get; init; }

    public required ulong ProgramCounter { get; init; }

    public required ulong StackPointer { get; init; }

    /// <summary>rbp, x29.</summary>
    public required ulong FramePointer { get; init; }

    /// <summary>x30; 0 on amd64.</summary>
    public ulong LinkRegister { get; init; }

    /// <summary>Where Go code keeps the current g: r14, x28. Anything at all in C code and in assembly.</summary>
    public required ulong Goroutine { get; init; }

    /// <summary>Base of thread-local storage: fs_base, tpidr_el0; 0 when unknown.</summary>
    public ulong ThreadPointer { get; init; }
}
