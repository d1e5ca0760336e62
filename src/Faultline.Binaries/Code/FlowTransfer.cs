using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>The effect of instructions on a <see cref="FlowState"/>. Anything not modelled makes what it writes unknown.</summary>
internal sealed partial class FlowTransfer
{
    // Stands for the collector's buffer: what the slow path of a pointer store puts there is no store of the program.
    private const ulong BarrierBuffer = 0;
    private const ulong LowestAddress = 4096;
    private const long CopyLimit = 4096;
    private const int StackArgumentCount = 16;

    private readonly FunctionFlow flow;
    private readonly FunctionBody body;
    private readonly ValuePool pool;
    private readonly FlowContext context;
    private readonly InstructionInfoFactory infoFactory = new();

    public FlowTransfer(FunctionFlow flow, FunctionBody body, FlowContext context)
    {
        this.flow = flow;
        this.body = body;
        this.context = context;
        pool = flow.Values;
    }

    /// <summary>When set, stores, calls and returns are added to the flow's facts.</summary>
    public bool IsRecording { get; set; }

    /// <summary>Applies a block's instructions to a state, which is changed.</summary>
    public void Apply(BasicBlock block, FlowState state)
    {
        for (int i = block.Start; i < block.End; i++)
            Apply(block, in body.Instructions[i], state);
    }

    private void Apply(BasicBlock block, in Instruction instruction, FlowState state)
    {
        if (IsRecording && Touches is { } touches)
            NoteTouches(touches, instruction, state);
        NoteAccess(instruction, state);
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Prefetcht0 or Mnemonic.Prefetchnta or Mnemonic.Bt:
                return;
            case Mnemonic.Mov:
                Move(instruction, state);
                return;
            case Mnemonic.Lea:
                WriteRegister(instruction.Op0Register, instruction.Op0Register.IsGPR64() ? AddressValue(instruction, state) : ValuePool.Computed, state);
                return;
            case Mnemonic.Xor or Mnemonic.Sub when instruction.Op0Kind == OpKind.Register && instruction.Op1Kind == OpKind.Register && instruction.Op0Register == instruction.Op1Register:
                WriteRegister(instruction.Op0Register, pool.Constant(0), state);
                return;
            case Mnemonic.Add or Mnemonic.Sub or Mnemonic.Inc or Mnemonic.Dec when instruction.Op0Kind == OpKind.Register:
                WriteRegister(instruction.Op0Register, Sum(instruction, state), state);
                return;
            case Mnemonic.Push:
                long top = StackTop(state) - 8;
                state[AbiRegisters.Rsp] = pool.StackAddress(top);
                state.SetSlot(top, instruction.Op0Kind == OpKind.Register ? ReadRegister(instruction.Op0Register, state) : ValuePool.Unknown);
                return;
            case Mnemonic.Pop:
                long from = StackTop(state);
                WriteRegister(instruction.Op0Register, ReadSlot(from, state), state);
                state[AbiRegisters.Rsp] = pool.StackAddress(from + 8);
                return;
            case Mnemonic.Movups or Mnemonic.Movdqu or Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movupd:
                MoveVector(instruction, state);
                return;
            case Mnemonic.Movq when instruction.Op0Kind == OpKind.Memory:
                Store(instruction, state, VectorWord(instruction.Op1Register, 0, state), 8);
                return;
            case Mnemonic.Call:
                Call(instruction, state);
                return;
            case Mnemonic.Jmp:
                Jump(block, instruction, state);
                return;
            case Mnemonic.Ret:
                if (IsRecording)
                    flow.AddReturn(new ReturnFact(instruction.IP, Arguments(state)));
                return;
            case Mnemonic.Xchg when instruction.Op0Kind == OpKind.Memory:
                Store(instruction, state, ReadRegister(instruction.Op1Register, state), 8);
                WriteRegister(instruction.Op1Register, ValuePool.Unknown, state);
                return;
            case Mnemonic.Cmpxchg when instruction.Op0Kind == OpKind.Memory:
                Store(instruction, state, ReadRegister(instruction.Op1Register, state), 8);
                state[AbiRegisters.Rax] = ValuePool.Unknown;
                return;
            default:
                if (instruction.IsJccShortOrNear)
                    return;
                if (instruction.Op0Kind == OpKind.Register && IsArithmetic(instruction))
                {
                    WriteRegister(instruction.Op0Register, ValuePool.Computed, state);
                    return;
                }
                if (IsConditionalMove(instruction))
                    ConditionalMove(instruction, state);
                else
                    Forget(instruction, state);
                return;
        }
    }

    private void Move(in Instruction instruction, FlowState state)
    {
        int size = instruction.Op0Kind == OpKind.Register ? instruction.Op0Register.GetSize() : instruction.MemorySize.GetSize();
        if (instruction.Op0Kind == OpKind.Memory)
        {
            int stored = size != 8 ? ValuePool.Computed
                : instruction.Op1Kind == OpKind.Register ? ReadRegister(instruction.Op1Register, state)
                : pool.Constant(instruction.GetImmediate(1));
            Store(instruction, state, stored, size);
            return;
        }
        int value = instruction.Op1Kind switch
        {
            OpKind.Register => ReadRegister(instruction.Op1Register, state),
            OpKind.Memory => size == 8 ? Load(instruction, state, 0) : ValuePool.Computed,
            _ => pool.Constant(size == 4 ? instruction.GetImmediate(1) & uint.MaxValue : instruction.GetImmediate(1)),
        };
        // A 32-bit move clears the upper half: numbers survive it, addresses do not.
        if (size < 4 || (size == 4 && pool[value].Kind != ValueKind.Constant))
            value = ValuePool.Computed;
        WriteRegister(instruction.Op0Register, value, state);
    }

    private void MoveVector(in Instruction instruction, FlowState state)
    {
        if (instruction.Op0Kind == OpKind.Memory)
        {
            Store(instruction, state, VectorWord(instruction.Op1Register, 0, state), 8);
            Store(instruction, state, VectorWord(instruction.Op1Register, 1, state), 8, 8);
        }
        else if (instruction.Op0Register.IsXMM())
        {
            (int low, int high) = instruction.Op1Kind == OpKind.Memory
                ? (Load(instruction, state, 0), Load(instruction, state, 8))
                : (VectorWord(instruction.Op1Register, 0, state), VectorWord(instruction.Op1Register, 1, state));
            state.SetVector(instruction.Op0Register - Register.XMM0, low, high);
        }
    }

    /// <summary>A word of a vector register. x15 is zero in Go code by convention.</summary>
    private int VectorWord(Register register, int half, FlowState state)
    {
        if (register == Register.XMM15)
            return pool.Constant(0);
        int value = register.IsXMM() ? state.GetVector(register - Register.XMM0, half) : ValuePool.Unknown;
        return value == ValuePool.None ? ValuePool.Unknown : value;
    }

    private int Sum(in Instruction instruction, FlowState state)
    {
        if (!instruction.Op0Register.IsGPR64())
            return ValuePool.Computed;
        int left = ReadRegister(instruction.Op0Register, state);
        bool subtracts = instruction.Mnemonic is Mnemonic.Sub or Mnemonic.Dec;
        if (instruction.OpCount == 1)
            return pool.Add(left, subtracts ? -1 : 1);
        if (instruction.Op1Kind is OpKind.Immediate8to64 or OpKind.Immediate32to64 or OpKind.Immediate8 or OpKind.Immediate32)
            return pool.Add(left, subtracts ? -(long)instruction.GetImmediate(1) : (long)instruction.GetImmediate(1));
        if (subtracts || instruction.Op1Kind != OpKind.Register)
            return ValuePool.Computed;
        int right = ReadRegister(instruction.Op1Register, state);
        return IndexedSum(left, right);
    }

    /// <summary>Pointer plus computed index, in either order; two values that could both be the pointer give nothing.</summary>
    private int IndexedSum(int left, int right)
    {
        if (pool[right].Kind == ValueKind.Constant && (ulong)pool[right].Payload < 4096)
            return pool.Add(left, pool[right].Payload);
        if (IsNumber(right))
            return pool.Element(left);
        if (IsNumber(left))
            return pool.Element(right);
        return left <= ValuePool.Computed ? pool.Element(right) : right <= ValuePool.Computed ? pool.Element(left) : ValuePool.Computed;
    }

    /// <summary>One of several small constants, which is an index and no pointer.</summary>
    private bool IsNumber(int value)
    {
        if (pool[value].Kind != ValueKind.Merge)
            return false;
        foreach (int operand in pool.Operands(value))
        {
            if (operand != value && (pool[operand].Kind != ValueKind.Constant || (ulong)pool[operand].Payload >= LowestAddress))
                return false;
        }
        return true;
    }

    private void ConditionalMove(in Instruction instruction, FlowState state)
    {
        int target = AbiRegisters.NumberOf(instruction.Op0Register);
        if (target < 0)
            return;
        int moved = !instruction.Op0Register.IsGPR64() ? ValuePool.Computed
            : instruction.Op1Kind == OpKind.Memory ? Load(instruction, state, 0)
            : ReadRegister(instruction.Op1Register, state);
        state[target] = pool.Merge(state[target], moved, long.MinValue | (long)(instruction.IP - flow.Function.Entry));
    }

    private void Call(in Instruction instruction, FlowState state)
    {
        ulong target = instruction.IsCallNear ? instruction.NearBranchTarget : 0;
        RuntimeRole role = target == 0 ? RuntimeRole.None : context.RoleOf(target);
        switch (role)
        {
            case RuntimeRole.WriteBarrierBuffer:
                state[AbiRegisters.R11] = pool.Constant(BarrierBuffer);
                return;
            case RuntimeRole.WriteBarrierStore:
                StoreThroughBarrier(instruction.IP, context.NameAt(target), state);
                return;
            case RuntimeRole.DuffZero or RuntimeRole.DuffCopy:
                Duff(role, target, state);
                return;
            case RuntimeRole.Move when pool[state[AbiRegisters.Rax]] is { Kind: ValueKind.Constant } type:
                CopyBlock(instruction.IP, state[AbiRegisters.Rbx], state[AbiRegisters.Rcx], context.SizeOfType((ulong)type.Payload), state);
                break;
        }
        Record(instruction, target, state, isTail: false);
        if (role == RuntimeRole.NoReturn)
            return;
        for (int register = 0; register < 16; register++)
        {
            if (register is not (AbiRegisters.Rsp or AbiRegisters.R14))
                state[register] = ValuePool.Unknown;
        }
        int first = pool.CallResults(instruction.IP);
        for (int result = 0; result < AbiRegisters.ArgumentCount; result++)
            state[AbiRegisters.OfArgument(result)] = first + result;
        state.ForgetVectors();
    }

    private void Jump(BasicBlock block, in Instruction instruction, FlowState state)
    {
        if (instruction.FlowControl == FlowControl.UnconditionalBranch)
        {
            if (!body.IsInside(instruction.NearBranchTarget))
                Record(instruction, instruction.NearBranchTarget, state, isTail: true);
            return;
        }
        int target = instruction.Op0Kind == OpKind.Register ? ReadRegister(instruction.Op0Register, state) : Load(instruction, state, 0);
        if (JumpTable.TryFollow(body, pool, target, block, context.ReadWord))
            return;
        Record(instruction, 0, state, isTail: true);
        if (pool[target].Kind == ValueKind.Unknown)
            flow.LosePath();
    }

    private void Record(in Instruction instruction, ulong target, FlowState state, bool isTail)
    {
        if (!IsRecording)
            return;
        int callee = target != 0 ? ValuePool.None
            : instruction.Op0Kind == OpKind.Register ? ReadRegister(instruction.Op0Register, state)
            : instruction.Op0Kind == OpKind.Memory ? Load(instruction, state, 0)
            : ValuePool.Unknown;
        int[] stackArguments = target != 0 && !isTail && context.TakesStackArguments(target) ? StackArguments(state) : [];
        flow.AddCall(new CallFact(instruction.IP, instruction.NextIP, target, callee, state[AbiRegisters.ClosureContext], Arguments(state), stackArguments, isTail));
    }

    private static int[] Arguments(FlowState state)
    {
        var arguments = new int[AbiRegisters.ArgumentCount];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = state[AbiRegisters.OfArgument(i)];
        return arguments;
    }

    private int[] StackArguments(FlowState state)
    {
        var arguments = new int[StackArgumentCount];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = state.GetSlot(StackTop(state) + (8 * i));
        return arguments;
    }

    private static int ReadRegister(Register register, FlowState state)
    {
        int number = AbiRegisters.NumberOf(register);
        return number < 0 || register.GetSize() < 4 ? ValuePool.Unknown : state[number];
    }

    private static void WriteRegister(Register register, int value, FlowState state)
    {
        int number = AbiRegisters.NumberOf(register);
        if (number >= 0)
            state[number] = value;
    }

    private long StackTop(FlowState state)
    {
        SymbolicValue value = pool[state[AbiRegisters.Rsp]];
        return value.Kind == ValueKind.StackAddress ? value.Payload : long.MinValue / 2;
    }

    /// <summary>Frequent instructions that only compute a number into their first operand.</summary>
    private static bool IsArithmetic(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Movzx or Mnemonic.Movsx or Mnemonic.Movsxd or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Shl
            or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Sbb or Mnemonic.Adc or Mnemonic.Neg or Mnemonic.Not or Mnemonic.Sete or Mnemonic.Setne
            or Mnemonic.Setb or Mnemonic.Setbe or Mnemonic.Seta or Mnemonic.Setae or Mnemonic.Setl or Mnemonic.Setle or Mnemonic.Setg or Mnemonic.Setge
            or Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Bsf or Mnemonic.Bsr or Mnemonic.Popcnt or Mnemonic.Bswap
        || (instruction.Mnemonic == Mnemonic.Imul && instruction.OpCount > 1);

    private static bool IsConditionalMove(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Cmova or Mnemonic.Cmovae or Mnemonic.Cmovb or Mnemonic.Cmovbe or Mnemonic.Cmove or Mnemonic.Cmovne
            or Mnemonic.Cmovg or Mnemonic.Cmovge or Mnemonic.Cmovl or Mnemonic.Cmovle or Mnemonic.Cmovs or Mnemonic.Cmovns
            or Mnemonic.Cmovp or Mnemonic.Cmovnp or Mnemonic.Cmovo or Mnemonic.Cmovno;

    private void Forget(in Instruction instruction, FlowState state)
    {
        InstructionInfo info = infoFactory.GetInfo(instruction);
        foreach (UsedMemory used in info.GetUsedMemory())
        {
            if (IsRead(used.Access))
                continue;
            if (instruction.Op0Kind == OpKind.Memory)
            {
                SymbolicValue address = pool[AddressValue(instruction, state)];
                if (address.Kind == ValueKind.StackAddress)
                    state.ForgetSlots(address.Payload, Math.Max(1, used.MemorySize.GetSize()));
            }
            else if (used.Base == Register.RDI)
            {
                MoveBlock(instruction, state);
            }
        }
        foreach (UsedRegister used in info.GetUsedRegisters())
        {
            if (IsRead(used.Access))
                continue;
            if (used.Register.IsXMM() || used.Register.IsYMM())
                state.SetVector(used.Register.GetNumber(), ValuePool.Unknown, ValuePool.Unknown);
            else if (used.Register != Register.RSP)
                WriteRegister(used.Register, ValuePool.Unknown, state);
        }
    }

    private static bool IsRead(OpAccess access) => access is OpAccess.Read or OpAccess.CondRead or OpAccess.None or OpAccess.NoMemAccess;
}
