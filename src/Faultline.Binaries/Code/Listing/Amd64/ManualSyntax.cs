using Iced.Intel;

namespace Faultline.Binaries.Code.Listing.Amd64;

/// <summary>Intel's and the GNU assembler's syntax, by Iced's formatters, with the program's symbols.</summary>
internal sealed class ManualSyntax : ISymbolResolver
{
    private readonly SymbolNames symbols;
    private readonly Formatter formatter;
    private readonly SpanOutput output = new();

    public ManualSyntax(SymbolNames symbols, AssemblySyntax syntax)
    {
        this.symbols = symbols;
        formatter = syntax == AssemblySyntax.Intel ? new IntelFormatter(this) : new GasFormatter(this);
        FormatterOptions options = formatter.Options;
        options.HexPrefix = "0x";
        options.HexSuffix = "";
        options.UppercaseHex = false;
        options.RipRelativeAddresses = true;
        options.SpaceAfterOperandSeparator = false;
        options.BranchLeadingZeros = false;
        options.DisplacementLeadingZeros = false;
        options.ShowBranchSize = false;
        options.MemorySizeOptions = MemorySizeOptions.Always;
    }

    public void Write(AssemblyText text, in Instruction instruction)
    {
        output.Text = text;
        formatter.Format(instruction, output);
    }

    public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
    {
        symbol = default;
        bool isPlace = instruction.IsIPRelativeMemoryOperand && instructionOperand >= 0 && instruction.GetOpKind(instructionOperand) == OpKind.Memory;
        bool isTarget = instructionOperand >= 0 && instruction.GetOpKind(instructionOperand) == OpKind.NearBranch64;
        if ((isPlace || isTarget) && symbols.TryFind(address, out string name, out ulong start))
            symbol = new SymbolResult(start, name);
        else
            return false;
        return true;
    }

    private sealed class SpanOutput : FormatterOutput
    {
        public AssemblyText Text { get; set; } = new();

        public override void Write(string text, FormatterTextKind kind) => Text.Append(text);
    }
}
