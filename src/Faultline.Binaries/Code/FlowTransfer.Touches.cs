using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <content>What instructions read and write behind pointers.</content>
internal sealed partial class FlowTransfer
{
    /// <summary>When set, memory touched while recording is noted there.</summary>
    public List<MemoryTouch>? Touches { get; init; }

    /// <summary>Notes what an instruction touches, as the registers stand before it. Makes no new values: numbers stay those of a flow without notes.</summary>
    private void NoteTouches(List<MemoryTouch> touches, in Instruction instruction, FlowState state)
    {
        foreach (UsedMemory memory in infoFactory.GetInfo(instruction).GetUsedMemory())
        {
            bool isRead = memory.Access is OpAccess.Read or OpAccess.CondRead or OpAccess.ReadWrite or OpAccess.ReadCondWrite;
            bool isWrite = memory.Access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;
            if ((!isRead && !isWrite) || memory.Segment is Register.FS or Register.GS)
                continue;
            bool isAtomic = instruction.HasLockPrefix || instruction.Mnemonic == Mnemonic.Xchg;
            int size = Math.Max(1, memory.MemorySize.GetSize());
            if (instruction.IsIPRelativeMemoryOperand)
            {
                touches.Add(new MemoryTouch(instruction.IP, ValuePool.None, (long)instruction.IPRelativeMemoryAddress, size, isRead, isWrite, isAtomic));
                continue;
            }
            if (memory.Base == Register.None || !memory.Base.IsGPR64() || memory.Index != Register.None)
                continue;
            int target = ReadRegister(memory.Base, state);
            long offset = (long)memory.Displacement;
            SymbolicValue value = pool[target];
            switch (value.Kind)
            {
                case ValueKind.None or ValueKind.Unknown or ValueKind.Computed or ValueKind.StackAddress:
                    continue;
                case ValueKind.Constant:
                    (target, offset) = (ValuePool.None, value.Payload + offset);
                    break;
                case ValueKind.Offset:
                    (target, offset) = (value.Base, value.Payload + offset);
                    break;
            }
            touches.Add(new MemoryTouch(instruction.IP, target, offset, size, isRead, isWrite, isAtomic));
        }
    }
}
