using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>The last instructions of the scan, looked at again when they turn out to prepare a map call.</summary>
internal sealed class RecentInstructions
{
    private const int Capacity = 16;

    private readonly Instruction[] ring = new Instruction[Capacity];
    private int next;

    public void Add(in Instruction instruction)
    {
        ring[next] = instruction;
        next = (next + 1) & (Capacity - 1);
    }

    /// <summary>
    /// The address that the straight code before a call loads into the register of its map type; 0 when it comes from elsewhere. Anything
    /// unusual on the way gives up: the data flow then finds the answer.
    /// </summary>
    public ulong FindTypeOperand(string callee)
    {
        if (!MapEntryPoints.TryFind(callee, out MapEntryPoint entryPoint) || entryPoint.TypeArgument < 0)
            return 0;
        int wanted = AbiRegisters.OfArgument(entryPoint.TypeArgument);
        for (int back = 1; back <= Capacity; back++)
        {
            ref readonly Instruction instruction = ref ring[(next - back) & (Capacity - 1)];
            if (instruction.FlowControl != FlowControl.Next)
                return 0;
            if (instruction.Mnemonic is Mnemonic.Nop or Mnemonic.Cmp or Mnemonic.Test || instruction.Op0Kind == OpKind.Memory)
                continue;
            if (instruction.Mnemonic is not (Mnemonic.Lea or Mnemonic.Mov or Mnemonic.Xor or Mnemonic.Movups or Mnemonic.Add or Mnemonic.Movzx or Mnemonic.Movsd or Mnemonic.Movss))
                return 0;
            if (AbiRegisters.NumberOf(instruction.Op0Register) == wanted)
                return instruction.Code == Iced.Intel.Code.Lea_r64_m && instruction.IsIPRelativeMemoryOperand ? instruction.IPRelativeMemoryAddress : 0;
        }
        return 0;
    }
}
