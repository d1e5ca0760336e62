using Faultline.Binaries.Code.Appends;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <content>Notes accesses to memory, for those who ask for them.</content>
internal sealed partial class FlowTransfer
{
    /// <summary>When set, accesses are added here.</summary>
    public List<MemoryAccess>? Accesses { get; set; }

    private void NoteAccess(in Instruction instruction, FlowState state)
    {
        if (Accesses is null || instruction.SegmentPrefix is Register.FS or Register.GS
            || instruction.Mnemonic is Mnemonic.Lea or Mnemonic.Nop or Mnemonic.Prefetcht0 or Mnemonic.Prefetchnta || !HasMemoryOperand(instruction))
            return;
        if (pool[AddressValue(instruction, state)] is { Kind: ValueKind.Unknown or ValueKind.Computed or ValueKind.None }
            && (instruction.MemoryBase == Register.None || instruction.IsIPRelativeMemoryOperand))
            return;
        bool isWrite = false;
        foreach (UsedMemory used in infoFactory.GetInfo(instruction).GetUsedMemory())
            isWrite |= used.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite;
        (int target, long offset) = Split(AddressValue(instruction, state), 0);
        bool hasBase = instruction.MemoryBase != Register.None && !instruction.IsIPRelativeMemoryOperand;
        int pointer = hasBase ? ReadRegister(instruction.MemoryBase, state) : ValuePool.None;
        if (pool[pointer].Kind is ValueKind.StackAddress && !flow.StackObjects.TryFind(pool[pointer].Payload, out _))
            return;
        Accesses.Add(new MemoryAccess(instruction.IP, target, offset, pointer, hasBase ? AbiRegisters.NumberOf(instruction.MemoryBase) : -1, instruction.MemorySize.GetSize(), isWrite));
    }

    private static bool HasMemoryOperand(in Instruction instruction)
    {
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            if (instruction.GetOpKind(operand) == OpKind.Memory)
                return true;
        }
        return false;
    }
}
