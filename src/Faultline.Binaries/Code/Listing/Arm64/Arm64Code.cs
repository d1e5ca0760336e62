using System.Buffers.Binary;
using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Listing.Arm64;

/// <summary>The arm64 instructions of a function.</summary>
internal sealed class Arm64Code(GoBinary binary, SymbolNames symbols) : FunctionCode
{
    private const int FunctionSizeLimit = 16 * 1024 * 1024;
    private const int PageReach = 4;
    private const int ArgumentCount = 16;
    private const int StackPointer = 31;

    private readonly GoSyntax syntax = new(symbols);
    private readonly AssemblyText trial = new();
    private byte[] buffer = [];
    private int size;
    private ulong entry;

    public override int Count => size / Arm64Instruction.Size;

    public override int Load(FuncInfo function, ulong end)
    {
        entry = function.Entry;
        int wanted = end > entry ? (int)Math.Min(end - entry, FunctionSizeLimit) : 0;
        if (buffer.Length < wanted)
            buffer = new byte[Math.Max(wanted, 64 * 1024)];
        size = wanted == 0 ? 0 : binary.Read(entry, buffer.AsSpan(0, wanted));
        return size;
    }

    public override void DropPadding()
    {
        while (size > Arm64Instruction.Size && WordAt(Count - 1) == 0)
            size -= Arm64Instruction.Size;
    }

    public override CodeStep StepAt(int index)
    {
        ulong address = entry + ((ulong)index * Arm64Instruction.Size);
        return FunctionBody.StepOf(Decode(index), address);
    }

    public override ReadOnlySpan<byte> BytesAt(int index) => buffer.AsSpan(index * Arm64Instruction.Size, Arm64Instruction.Size);

    public override bool IsKnown(int index)
    {
        trial.Clear();
        return syntax.TryWrite(trial, WordAt(index), AddressAt(index));
    }

    public override void WriteText(int index, AssemblyText text)
    {
        if (syntax.TryWrite(text, WordAt(index), AddressAt(index)))
            return;
        text.Clear();
        text.Append(".word ").AppendHex(WordAt(index));
    }

    /// <summary>A load of a byte into the linker's scratch register, which nobody reads.</summary>
    public override bool IsNilCheck(int index) => (WordAt(index) & 0xFFC0_001F) == 0x3980_001B;

    public override bool IsComparison(int index)
    {
        uint word = WordAt(index);
        bool isSum = (word & 0x3F00_001F) is 0x3100_001F or 0x2B00_001F;
        bool isLogic = (word & 0x7F80_001F) == 0x7200_001F || (word & 0x7F20_001F) == 0x6A00_001F;
        return isSum || isLogic;
    }

    public override bool TryGetAddress(int index, out ulong address, out int argument)
    {
        (address, argument) = (0, -1);
        Arm64Instruction add = Decode(index);
        if (add.Kind != Arm64Kind.AddImmediate || !TryFindPage(index, add.Source, out ulong page))
            return false;
        address = page + (ulong)add.Immediate;
        argument = add.Destination < ArgumentCount ? add.Destination : -1;
        return true;
    }

    public override bool TryGetConstant(int index, out long value, out int argument)
    {
        (value, argument) = (0, -1);
        uint word = WordAt(index);
        int destination = (int)(word & 31);
        if ((word & 0x7FE0_0000) == 0x5280_0000)
            value = (word >> 5) & 0xFFFF;
        else if ((word & 0xFFC0_03E0) != 0xB240_03E0 || (word & 0x003F_0000) != 0)
            return false;
        else
            value = (1L << (int)(((word >> 10) & 63) + 1)) - 1;
        argument = destination < ArgumentCount ? destination : -1;
        return true;
    }

    public override ulong AccessedAddress(int index)
    {
        Arm64Instruction access = Decode(index);
        return access.Kind is Arm64Kind.Load or Arm64Kind.Store or Arm64Kind.Access && access.Source != StackPointer && TryFindPage(index, access.Source, out ulong page)
            ? page + (ulong)access.Immediate
            : 0;
    }

    /// <summary>The page that an instruction shortly before put in a register.</summary>
    private bool TryFindPage(int index, int register, out ulong page)
    {
        for (int before = index - 1; before >= 0 && before >= index - PageReach; before--)
        {
            Arm64Instruction instruction = Decode(before);
            bool isPage = instruction.Kind == Arm64Kind.Address && (instruction.Word & 0x8000_0000) != 0 && instruction.Destination == register;
            if (isPage)
            {
                page = instruction.Target;
                return true;
            }

            if (instruction.Destination == register || instruction.Kind is Arm64Kind.Call or Arm64Kind.IndirectCall or Arm64Kind.Jump)
                break;
        }

        page = 0;
        return false;
    }

    private uint WordAt(int index) => BinaryPrimitives.ReadUInt32LittleEndian(BytesAt(index));

    private ulong AddressAt(int index) => entry + ((ulong)index * Arm64Instruction.Size);

    private Arm64Instruction Decode(int index) => Arm64Instruction.Decode(WordAt(index), AddressAt(index));
}
