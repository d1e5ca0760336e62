using System.Globalization;
using Faultline.Binaries.Dwarf;

namespace Faultline.Cli.Variables;

/// <summary>Names the places of variables: registers as Go's assembler does, the stack from the call frame address (CFA).</summary>
internal sealed class PlaceText(string architecture)
{
    // System V psABI, AMD64 supplement, figure 3.36.
    private static readonly string[] s_amd64 = ["AX", "DX", "CX", "BX", "SI", "DI", "BP", "SP", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];
    private const int FirstVectorAmd64 = 17;
    private const int FirstVectorArm64 = 64;

    /// <summary>The pieces of one place; neighbours in memory count as one.</summary>
    public string Of(IReadOnlyList<VariablePiece> pieces)
    {
        List<string> names = [];
        for (int index = 0; index < pieces.Count; index++)
        {
            VariablePiece first = pieces[index];
            names.Add(Name(first));
            while (index + 1 < pieces.Count && IsNext(pieces[index], pieces[index + 1]))
                index++;
        }

        return string.Join(", ", names);
    }

    private static bool IsNext(VariablePiece left, VariablePiece right) =>
        left.Place == right.Place && left.Register == right.Register && left.Place is VariablePlace.Frame or VariablePlace.RegisterOffset or VariablePlace.Address && right.Value == left.Value + left.Size;

    private string Name(VariablePiece piece) => piece.Place switch
    {
        VariablePlace.Register => Register(piece.Register),
        VariablePlace.Frame => "CFA" + Offset(piece.Value),
        VariablePlace.RegisterOffset => Register(piece.Register) + Offset(piece.Value),
        VariablePlace.Address => $"0x{piece.Value:x}",
        _ => "(not kept)",
    };

    private static string Offset(long value) => value == 0 ? "" : value < 0 ? $"-0x{-value:x}" : $"+0x{value:x}";

    private string Register(int number)
    {
        if (architecture == "amd64")
        {
            if (number < s_amd64.Length)
                return s_amd64[number];
            if (number >= FirstVectorAmd64)
                return string.Create(CultureInfo.InvariantCulture, $"X{number - FirstVectorAmd64}");
        }

        if (architecture == "arm64")
            return number >= FirstVectorArm64 ? string.Create(CultureInfo.InvariantCulture, $"F{number - FirstVectorArm64}") : string.Create(CultureInfo.InvariantCulture, $"R{number}");
        return string.Create(CultureInfo.InvariantCulture, $"register {number}");
    }
}
