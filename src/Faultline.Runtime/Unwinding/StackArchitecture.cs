namespace Faultline.Runtime.Unwinding;

/// <summary>What unwinding needs to know of an architecture on Linux. Offsets and sizes in bytes.</summary>
internal sealed record StackArchitecture
{
    /// <summary>Size of what a call pushes: 8 where the return address is pushed, 0 where it is in a register.</summary>
    public required int CallSize { get; init; }

    /// <summary>Space for the link register that the runtime opens when it makes a fault look like a call (<c>sigctxt.preparePanic</c>).</summary>
    public required int InjectedSize { get; init; }

    /// <summary>From the stack pointer at a signal handler's entry, return address popped, to the <c>ucontext</c>.</summary>
    public required int SignalContext { get; init; }

    /// <summary>Registers in the kernel's <c>ucontext</c> (<c>arch/*/include/uapi/asm/sigcontext.h</c>).</summary>
    public required int ContextPc { get; init; }

    public required int ContextSp { get; init; }

    public required int ContextFramePointer { get; init; }

    /// <summary>-1 without a link register.</summary>
    public required int ContextLinkRegister { get; init; }

    public required int ContextGoroutine { get; init; }

    public bool HasLinkRegister => CallSize == 0;

    public static StackArchitecture Amd64 { get; } = new()
    {
        CallSize = 8,
        InjectedSize = 0,
        SignalContext = 0,
        ContextPc = 168,
        ContextSp = 160,
        ContextFramePointer = 120,
        ContextLinkRegister = -1,
        ContextGoroutine = 88,
    };

    public static StackArchitecture Arm64 { get; } = new()
    {
        CallSize = 0,
        InjectedSize = 16,
        SignalContext = 128,
        ContextPc = 440,
        ContextSp = 432,
        ContextFramePointer = 416,
        ContextLinkRegister = 424,
        ContextGoroutine = 408,
    };

    /// <summary>Null for architectures whose stacks are not unwound.</summary>
    public static StackArchitecture? Find(string architecture) => architecture switch
    {
        "amd64" => Amd64,
        "arm64" => Arm64,
        _ => null,
    };
}
