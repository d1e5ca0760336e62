using System.Buffers.Binary;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>Decodes <c>g</c> structs of one layout.</summary>
internal sealed class GoroutineReader
{
    private const string Structure = "runtime.g";
    private const uint ScanBit = 0x1000;

    private readonly TargetMemory _memory;
    private readonly int _stack;
    private readonly int _machine;
    private readonly int _schedSp;
    private readonly int _schedPc;
    private readonly int _schedOwner;
    private readonly int _schedBp;
    private readonly int _syscallSp;
    private readonly int _syscallPc;
    private readonly int _status;
    private readonly int _id;
    private readonly int _waitSince;
    private readonly int _waitReason;
    private readonly int _lockedMachine;
    private readonly int _parentId;
    private readonly int _creatorPc;
    private readonly int _startPc;
    private readonly int _waiting;
    private readonly int _labels;

    public GoroutineReader(TargetMemory memory, RuntimeLayouts layouts)
    {
        _memory = memory;
        Size = layouts.Size(Structure);
        _stack = layouts.Offset(Structure, "stack");
        _machine = layouts.Offset(Structure, "m");
        _schedSp = layouts.Offset(Structure, "sched", "runtime.gobuf", "sp");
        _schedPc = layouts.Offset(Structure, "sched", "runtime.gobuf", "pc");
        _schedOwner = layouts.Offset(Structure, "sched", "runtime.gobuf", "g");
        _schedBp = layouts.Offset(Structure, "sched", "runtime.gobuf", "bp");
        _syscallSp = layouts.Offset(Structure, "syscallsp");
        _syscallPc = layouts.Offset(Structure, "syscallpc");
        _status = layouts.Offset(Structure, "atomicstatus");
        _id = layouts.Offset(Structure, "goid");
        _waitSince = layouts.Offset(Structure, "waitsince");
        _waitReason = layouts.Offset(Structure, "waitreason");
        _lockedMachine = layouts.Offset(Structure, "lockedm");
        _parentId = layouts.Offset(Structure, "parentGoid");
        _creatorPc = layouts.Offset(Structure, "gopc");
        _startPc = layouts.Offset(Structure, "startpc");
        _waiting = layouts.Offset(Structure, "waiting");
        _labels = layouts.Offset(Structure, "labels");
    }

    /// <summary>Bytes of a g.</summary>
    public int Size { get; }

    /// <summary>False when the bytes are not there.</summary>
    public bool TryRead(ulong address, out Goroutine goroutine) => TryRead(_memory, address, out goroutine);

    /// <summary>The same by way of a memory that serves who reads many of them.</summary>
    public bool TryRead(TargetMemory memory, ulong address, out Goroutine goroutine)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (!memory.TryRead(address, bytes))
        {
            goroutine = default;
            return false;
        }

        var status = BinaryPrimitives.ReadUInt32LittleEndian(bytes[_status..]);
        goroutine = new Goroutine
        {
            Address = address,
            Id = Word(bytes, _id),
            Status = (GoroutineStatus)(status & ~ScanBit),
            IsScanned = (status & ScanBit) != 0,
            WaitReason = bytes[_waitReason],
            WaitSince = (long)Word(bytes, _waitSince),
            ParentId = Word(bytes, _parentId),
            CreatorPc = Word(bytes, _creatorPc),
            StartPc = Word(bytes, _startPc),
            StackLow = Word(bytes, _stack),
            StackHigh = Word(bytes, _stack + 8),
            ScheduledPc = Word(bytes, _schedPc),
            ScheduledSp = Word(bytes, _schedSp),
            ScheduledFramePointer = Word(bytes, _schedBp),
            SyscallPc = Word(bytes, _syscallPc),
            SyscallSp = Word(bytes, _syscallSp),
            Machine = Word(bytes, _machine),
            LockedMachine = Word(bytes, _lockedMachine),
            Waiting = Word(bytes, _waiting),
            Labels = Word(bytes, _labels),
        };
        return true;
    }

    /// <summary>True for memory that can only be a g: its saved registers name itself, and its stack is a stack.</summary>
    public bool IsGoroutine(ulong address)
    {
        if (address == 0 || (address & 7) != 0 || _memory.ReadUInt64(address + (ulong)_schedOwner) != address)
            return false;
        return TryRead(address, out var goroutine) && goroutine.StackLow <= goroutine.StackHigh
            && goroutine.Status <= GoroutineStatus.DeadExtra && (goroutine.Id != 0 || goroutine.IsDead || goroutine.Machine != 0);
    }

    /// <summary>The <c>m</c> of a g, which need not be a valid one.</summary>
    public ulong MachineOf(ulong address) => _memory.ReadUInt64(address + (ulong)_machine);

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) =>
        offset < 0 || offset + 8 > bytes.Length ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
