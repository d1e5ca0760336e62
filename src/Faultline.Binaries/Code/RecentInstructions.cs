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
    /// The address that the straight code before a call loads into a register; 0 when it comes from elsewhere. Anything unusual on the way
    /// gives up: the data flow then finds the answer.
    /// </summary>
    public ulong FindLoadedAddress(int register) =>
        TryFindWriter(register, out Instruction writer) && writer is { Code: Iced.Intel.Code.Lea_r64_m, IsIPRelativeMemoryOperand: true } ? writer.IPRelativeMemoryAddress : 0;

    /// <summary>The place in the frame whose address the straight code before a call loads into a register, as an offset from the stack pointer.</summary>
    public long? FindFrameSlot(int register) =>
        TryFindWriter(register, out Instruction writer) && writer is { Code: Iced.Intel.Code.Lea_r64_m, MemoryBase: Register.RSP, MemoryIndex: Register.None } ? (long)writer.MemoryDisplacement64 : null;

    /// <summary>The offset from a pointer at which the straight code before a call loads a register; null when it comes from elsewhere, or from the frame.</summary>
    public long? FindLoadOffset(int register) => TryFindWriter(register, out Instruction writer) && writer.Code == Iced.Intel.Code.Mov_r64_rm64 ? ObjectOffset(writer) : null;

    /// <summary>The offset in an instruction's operand <c>offset(register)</c>; null for other operands.</summary>
    public static long? ObjectOffset(in Instruction instruction) =>
        instruction is { MemoryIndex: Register.None, IsIPRelativeMemoryOperand: false } && instruction.MemoryBase.IsGPR64() && instruction.MemoryBase is not Register.RSP and not Register.RBP
        && (instruction.Op0Kind == OpKind.Memory || instruction.Op1Kind == OpKind.Memory)
            ? (long)instruction.MemoryDisplacement64 : null;

    private bool TryFindWriter(int register, out Instruction writer)
    {
        for (int back = 1; back <= Capacity; back++)
        {
            writer = ring[(next - back) & (Capacity - 1)];
            if (writer.FlowControl != FlowControl.Next)
                return false;
            if (writer.Mnemonic is Mnemonic.Nop or Mnemonic.Cmp or Mnemonic.Test || writer.Op0Kind == OpKind.Memory)
                continue;
            if (writer.Mnemonic is not (Mnemonic.Lea or Mnemonic.Mov or Mnemonic.Xor or Mnemonic.Movups or Mnemonic.Add or Mnemonic.Movzx or Mnemonic.Movsd or Mnemonic.Movss))
                return false;
            if (AbiRegisters.NumberOf(writer.Op0Register) == register)
                return true;
        }
        writer = default;
        return false;
    }
}
