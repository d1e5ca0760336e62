using System.Buffers.Binary;

namespace Faultline.Runtime.Memory;

/// <summary>
/// Where an architecture's registers lie in the kernel's <c>user_regs_struct</c>, as cores (<c>NT_PRSTATUS</c>) and ptrace give it, and
/// which of them play a part in Go.
/// </summary>
public sealed class RegisterLayout
{
    private const int WordSize = 8;

    /// <summary>Word of each general register, by DWARF number.</summary>
    private readonly int[] _words;

    private RegisterLayout(string architecture, int[] words) => (Architecture, _words) = (architecture, words);

    /// <summary>Go's spelling.</summary>
    public string Architecture { get; }

    /// <summary>Size of the whole structure in bytes.</summary>
    public required int Size { get; init; }

    private int ProgramCounterWord { get; init; }

    private int StackPointerNumber { get; init; }

    private int FramePointerNumber { get; init; }

    private int LinkRegisterNumber { get; init; } = -1;

    private int GoroutineNumber { get; init; }

    private int ThreadPointerWord { get; init; } = -1;

    /// <summary>The structure has the base of thread-local storage as well.</summary>
    public bool HasThreadPointer => ThreadPointerWord >= 0;

    // r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs
    private static readonly RegisterLayout Amd64 = new("amd64", [10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0])
    {
        Size = 27 * WordSize,
        ProgramCounterWord = 16,
        StackPointerNumber = 7,
        FramePointerNumber = 6,
        GoroutineNumber = 14,
        ThreadPointerWord = 21,
    };

    // x0 … x30 sp pc pstate
    private static readonly RegisterLayout Arm64 = new("arm64", [.. Enumerable.Range(0, 32)])
    {
        Size = 34 * WordSize,
        ProgramCounterWord = 32,
        StackPointerNumber = 31,
        FramePointerNumber = 29,
        LinkRegisterNumber = 30,
        GoroutineNumber = 28,
    };

    /// <summary>Null for an architecture that is not known.</summary>
    public static RegisterLayout? For(string architecture) => architecture switch
    {
        "amd64" => Amd64,
        "arm64" => Arm64,
        _ => null,
    };

    /// <summary>Decodes a structure of at least <see cref="Size"/> bytes.</summary>
    /// <param name="bytes">As the kernel gives it.</param>
    /// <param name="threadPointer">Base of thread-local storage, where the structure does not have it.</param>
    public ThreadRegisters Decode(ReadOnlySpan<byte> bytes, ulong threadPointer = 0)
    {
        var general = new ulong[_words.Length];
        for (var number = 0; number < general.Length; number++)
            general[number] = Word(bytes, _words[number]);
        return new ThreadRegisters
        {
            General = general,
            ProgramCounter = Word(bytes, ProgramCounterWord),
            StackPointer = general[StackPointerNumber],
            FramePointer = general[FramePointerNumber],
            LinkRegister = LinkRegisterNumber < 0 ? 0 : general[LinkRegisterNumber],
            Goroutine = general[GoroutineNumber],
            ThreadPointer = ThreadPointerWord < 0 ? threadPointer : Word(bytes, ThreadPointerWord),
        };
    }

    /// <summary>The program counter of a structure.</summary>
    public ulong ReadProgramCounter(ReadOnlySpan<byte> bytes) => Word(bytes, ProgramCounterWord);

    /// <summary>Changes the program counter of a structure.</summary>
    public void WriteProgramCounter(Span<byte> bytes, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[(ProgramCounterWord * WordSize)..], value);

    private static ulong Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(index * WordSize)..]);
}
