using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Records;

/// <summary>Which of perf's register numbers play the parts that unwinding Go needs, for one architecture.</summary>
/// <param name="InstructionPointer">PC.</param>
/// <param name="StackPointer">SP.</param>
/// <param name="FramePointer">BP or X29.</param>
/// <param name="Goroutine">Go's g in ABIInternal: R14 or X28.</param>
/// <param name="Link">Return address of a leaf; null where calls push it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RegisterNumbers(int InstructionPointer, int StackPointer, int FramePointer, int Goroutine, int? Link)
{
    // arch/x86/include/uapi/asm/perf_regs.h: AX BX CX DX SI DI BP SP IP FLAGS CS SS DS ES FS GS R8 …
    public static RegisterNumbers Amd64 { get; } = new(InstructionPointer: 8, StackPointer: 7, FramePointer: 6, Goroutine: 22, Link: null);

    // arch/arm64/include/uapi/asm/perf_regs.h: X0 … X29 LR SP PC
    public static RegisterNumbers Arm64 { get; } = new(InstructionPointer: 32, StackPointer: 31, FramePointer: 29, Goroutine: 28, Link: 30);

    /// <summary>By the machine's name as <c>uname -m</c> prints it; null for architectures that are not known.</summary>
    public static RegisterNumbers? ForMachine(string? machine) => machine switch
    {
        "x86_64" => Amd64,
        "aarch64" => Arm64,
        _ => null,
    };
}
