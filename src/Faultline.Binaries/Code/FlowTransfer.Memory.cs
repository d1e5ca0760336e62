using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <content>Addresses, loads, stores and block copies.</content>
internal sealed partial class FlowTransfer
{
    /// <summary>Up to Go 1.20 the slow path of a pointer store is a call that stores the register in its name to [rdi].</summary>
    private void StoreThroughBarrier(ulong address, string name, FlowState state)
    {
        int register = name.AsSpan(name.LastIndexOf("gcWriteBarrier", StringComparison.Ordinal) + "gcWriteBarrier".Length) switch
        {
            "CX" => AbiRegisters.Rcx,
            "DX" => AbiRegisters.Rdx,
            "BX" => AbiRegisters.Rbx,
            "BP" => AbiRegisters.Rbp,
            "SI" => AbiRegisters.Rsi,
            "R8" => AbiRegisters.R8,
            "R9" => AbiRegisters.R9,
            _ => AbiRegisters.Rax,
        };
        StoreAt(address, state[AbiRegisters.Rdi], 0, state[register], 8, state);
    }

    /// <summary>
    /// Duff's devices: the entry point chosen decides how much is written (<c>runtime/duff_amd64.s</c>). The zeroing one has 16 steps of 23
    /// bytes, four stores of 16 bytes and an addition each; the copying one has 64 steps of 14 bytes for 16 bytes each.
    /// </summary>
    private void Duff(RuntimeRole role, ulong target, FlowState state)
    {
        long skipped = (long)(target - context.EntryOf(target));
        (long start, long end) = role == RuntimeRole.DuffZero
            ? ((skipped % 23) switch { 0 => 0, <= 4 => 16, <= 9 => 32, _ => 48 }, 64 * (16 - (skipped / 23)))
            : (0, 16 * (64 - (skipped / 14)));
        if (role == RuntimeRole.DuffCopy)
            CopyBlock(0, state[AbiRegisters.Rdi], state[AbiRegisters.Rsi], end, state);
        else if (pool[state[AbiRegisters.Rdi]] is { Kind: ValueKind.StackAddress } destination)
            state.ForgetSlots(destination.Payload + start, Math.Max(0, end - start));
        state[AbiRegisters.Rdi] = ValuePool.Unknown;
        if (role == RuntimeRole.DuffCopy)
            state[AbiRegisters.Rsi] = ValuePool.Unknown;
    }

    /// <summary>A copy of memory, word by word, so that what it carries is seen where it arrives.</summary>
    private void CopyBlock(ulong at, int destination, int source, long size, FlowState state)
    {
        long copied = Math.Clamp(size, 0, CopyLimit);
        var words = new int[copied / 8];
        for (int i = 0; i < words.Length; i++)
            words[i] = LoadAt(source, 8 * i, state);
        for (int i = 0; i < words.Length; i++)
            StoreAt(at, destination, 8 * i, words[i], 8, state);
        if (size > copied && pool[destination] is { Kind: ValueKind.StackAddress } slots)
            state.ForgetSlots(slots.Payload + copied, size - copied);
    }

    private void Store(in Instruction instruction, FlowState state, int value, int size, long extra = 0)
    {
        if (instruction.SegmentPrefix is Register.FS or Register.GS)
            return;
        StoreAt(instruction.IP, AddressValue(instruction, state), extra, value, size, state);
    }

    private void StoreAt(ulong at, int address, long offset, int value, int size, FlowState state)
    {
        SymbolicValue target = pool[address];
        if (target.Kind == ValueKind.StackAddress && !flow.StackObjects.TryFind(target.Payload + offset, out _))
        {
            if (size == 8 && ((target.Payload + offset) & 7) == 0)
                state.SetSlot(target.Payload + offset, value);
            else
                state.ForgetSlots(target.Payload + offset, size);
        }
        else if (FrameLoops.TryFindRange(pool, state, address, out long start, out long length))
        {
            ForgetRange(at, start, length, value, state);
        }
        else if (IsRecording && size == 8)
        {
            RecordStore(at, address, offset, value);
        }
    }

    /// <summary>A loop writes to this part of the frame: slots and variables there can hold anything, unless it only clears them.</summary>
    private void ForgetRange(ulong at, long start, long length, int value, FlowState state)
    {
        state.ForgetSlots(start, length);
        if (pool[value] is { Kind: ValueKind.Constant })
            return;
        for (long offset = start; IsRecording && offset < start + length; offset += 8)
        {
            if (flow.StackObjects.TryFind(offset, out long variable))
                flow.AddStore(new StoreFact(at, pool.StackAddress(variable), offset - variable, ValuePool.Unknown));
        }
    }

    /// <summary>A loop reads this part of the frame and writes it elsewhere: what the slots hold goes where it is not followed.</summary>
    private void LoseRange(ulong at, long start, long length, FlowState state)
    {
        for (long offset = start + ((8 - (start & 7)) & 7); IsRecording && offset < start + length; offset += 8)
        {
            int value = state.GetSlot(offset);
            if (value > ValuePool.Computed && pool[value].Kind != ValueKind.Constant)
                flow.AddStore(new StoreFact(at, StoreFact.Anywhere, 0, value));
            if (flow.StackObjects.TryFind(offset, out long variable))
                flow.AddStore(new StoreFact(at, StoreFact.Anywhere, 0, pool.StackAddress(variable)));
        }
    }

    private void RecordStore(ulong at, int address, long offset, int value)
    {
        (int target, long at8) = Split(address, offset);
        if (pool[target] is { Kind: ValueKind.Constant } fixedAddress && (ulong)fixedAddress.Payload < LowestAddress)
            return;
        flow.AddStore(new StoreFact(at, target, at8, value));
    }

    /// <summary>An address as a base that other accesses to the same object share, and an offset from it.</summary>
    private (int Base, long Offset) Split(int address, long offset)
    {
        SymbolicValue value = pool[address];
        switch (value.Kind)
        {
            case ValueKind.Offset:
                return (value.Base, value.Payload + offset);
            case ValueKind.Constant:
                return (pool.Constant((ulong)(value.Payload + offset)), 0);
            case ValueKind.StackAddress when flow.StackObjects.TryFind(value.Payload + offset, out long start):
                return (pool.StackAddress(start), value.Payload + offset - start);
            default:
                return (address, offset);
        }
    }

    private int Load(in Instruction instruction, FlowState state, long extra)
    {
        if (instruction.SegmentPrefix is Register.FS or Register.GS)
            return ValuePool.Unknown;
        return LoadAt(AddressValue(instruction, state), extra, state);
    }

    private int LoadAt(int address, long extra, FlowState state)
    {
        SymbolicValue value = pool[address];
        if (value.Kind == ValueKind.StackAddress && !flow.StackObjects.TryFind(value.Payload + extra, out _))
            return ReadSlot(value.Payload + extra, state);
        if (FrameLoops.TryFindRange(pool, state, address, out long start, out long length))
        {
            LoseRange(flow.Function.Entry, start, length, state);
            return ValuePool.Unknown;
        }
        (int target, long offset) = Split(address, extra);
        return pool.Load(target, offset);
    }

    private int ReadSlot(long offset, FlowState state)
    {
        int value = state.GetSlot(offset);
        if (value != ValuePool.None)
            return value;
        return offset >= 8 ? pool.StackParameter(offset) : ValuePool.Unknown;
    }

    private int AddressValue(in Instruction instruction, FlowState state)
    {
        if (instruction.IsIPRelativeMemoryOperand)
            return pool.Constant(instruction.IPRelativeMemoryAddress);
        long displacement = (long)instruction.MemoryDisplacement64;
        int address = instruction.MemoryBase == Register.None ? pool.Constant(0) : ReadRegister(instruction.MemoryBase, state);
        if (instruction.MemoryIndex == Register.None)
            return pool.Add(address, displacement);

        if (instruction.MemoryBase == Register.None)
            return ValuePool.Unknown;
        int index = ReadRegister(instruction.MemoryIndex, state);
        if (pool[index].Kind == ValueKind.Constant && (ulong)pool[index].Payload < int.MaxValue)
            return pool.Add(address, displacement + (pool[index].Payload * instruction.MemoryIndexScale));
        // With scale 1 the "index" can be the pointer: lea (dx)(ax*1).
        int indexed = instruction.MemoryIndexScale == 1 ? IndexedSum(address, index) : pool.Element(address);
        return pool.Add(indexed, displacement);
    }

    /// <summary><c>rep stos</c> and <c>rep movs</c>: the count is in rcx.</summary>
    private void MoveBlock(in Instruction instruction, FlowState state)
    {
        SymbolicValue destination = pool[state[AbiRegisters.Rdi]];
        SymbolicValue count = pool[state[AbiRegisters.Rcx]];
        if (count.Kind == ValueKind.Constant && instruction.Mnemonic == Mnemonic.Movsq)
        {
            CopyBlock(instruction.IP, state[AbiRegisters.Rdi], state[AbiRegisters.Rsi], Math.Clamp(count.Payload, 0, 1 << 20) * 8, state);
            return;
        }
        if (destination.Kind == ValueKind.StackAddress)
            state.ForgetSlots(destination.Payload, count.Kind == ValueKind.Constant ? Math.Clamp(count.Payload, 1, 1 << 20) * 8 : 1 << 20);
        if (IsRecording)
            RecordStore(instruction.IP, state[AbiRegisters.Rdi], 0, ValuePool.Unknown);
    }
}
