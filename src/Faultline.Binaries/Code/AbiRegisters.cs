using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>
/// Integer registers of Go's internal calling convention on amd64 (<c>src/cmd/compile/abi-internal.md</c>). Registers are numbered as the
/// processor does (rax 0, rcx 1 … r15 15); arguments and results are numbered from 0 in the order of the convention.
/// </summary>
internal static class AbiRegisters
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rdx = 2;
    public const int Rbx = 3;
    public const int Rsp = 4;
    public const int Rbp = 5;
    public const int Rsi = 6;
    public const int Rdi = 7;
    public const int R8 = 8;
    public const int R9 = 9;
    public const int R11 = 11;
    public const int R14 = 14;

    /// <summary>The register that holds the closure object when a function is called through a func value.</summary>
    public const int ClosureContext = Rdx;

    /// <summary>How many arguments or results travel in integer registers.</summary>
    public const int ArgumentCount = 9;

    private static ReadOnlySpan<byte> DwarfNumbers => [0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];

    private static ReadOnlySpan<byte> Order => [Rax, Rbx, Rcx, Rdi, Rsi, R8, R9, 10, R11];

    /// <summary>The processor's number of the register that carries an argument or result.</summary>
    public static int OfArgument(int argument) => Order[argument];

    /// <summary>The argument that a register carries; -1 when it carries none.</summary>
    public static int ArgumentOf(int register) => Order.IndexOf((byte)register);

    /// <summary>The number that DWARF and cores give to the register with a processor's number.</summary>
    public static int DwarfNumberOf(int register) => DwarfNumbers[register];

    /// <summary>The processor's number of a general-purpose register of any width; -1 for other registers.</summary>
    public static int NumberOf(Register register) => register.IsGPR() ? register.GetFullRegister() - Register.RAX : -1;
}
