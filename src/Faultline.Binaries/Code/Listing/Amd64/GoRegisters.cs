using Iced.Intel;

namespace Faultline.Binaries.Code.Listing.Amd64;

/// <summary>Register names of Go's assembler: one name for all widths of a general register, because the opcode says the width.</summary>
internal static class GoRegisters
{
    private static readonly string[] s_general = ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];
    private static readonly string[] s_low = ["AL", "CL", "DL", "BL", "AH", "CH", "DH", "BH", "SP", "BP", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];
    private static readonly string[] s_names = MakeNames();

    public static string NameOf(Register register) => s_names[(int)register];

    public static bool Is64(Register register) => register is >= Register.RAX and <= Register.R15;

    private static string[] MakeNames()
    {
        string[] names = new string[(int)Register.TMM7 + 1];
        Array.Fill(names, "?");
        s_low.CopyTo(names, (int)Register.AL);
        s_general.CopyTo(names, (int)Register.AX);
        s_general.CopyTo(names, (int)Register.EAX);
        s_general.CopyTo(names, (int)Register.RAX);
        Number(Register.XMM0, 32, "X");
        Number(Register.YMM0, 32, "Y");
        Number(Register.ZMM0, 32, "Z");
        Number(Register.K0, 8, "K");
        Number(Register.BND0, 4, "BND");
        Number(Register.CR0, 16, "CR");
        Number(Register.DR0, 16, "DR");
        Number(Register.ST0, 8, "F");
        Number(Register.MM0, 8, "M");
        Number(Register.TR0, 8, "TR");
        Number(Register.TMM0, 8, "TMM");
        (string[] segments, int first) = (["ES", "CS", "SS", "DS", "FS", "GS"], (int)Register.ES);
        segments.CopyTo(names, first);
        names[(int)Register.EIP] = names[(int)Register.RIP] = "IP";
        return names;

        void Number(Register from, int count, string letter)
        {
            for (int number = 0; number < count; number++)
                names[(int)from + number] = $"{letter}{number}";
        }
    }
}
