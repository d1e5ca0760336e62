using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Unwinding;

/// <summary>
/// One stack being unwound, frame by frame. On one stack the stack pointer only grows, changes of the stack are counted, and so are frames:
/// whatever the memory holds, it ends.
/// </summary>
internal ref partial struct StackWalk<TMemory>
    where TMemory : IAddressSpace, allows ref struct
{
    /// <summary>A goroutine in a callback from C in a signal handler makes four.</summary>
    private const int SegmentLimit = 12;

    private readonly StackUnwinder _unwinder;
    private readonly StackArchitecture _architecture;
    private readonly TMemory _memory;
    private readonly Span<StackFrame> _frames;

    private ulong _pc;
    private ulong _sp;

    /// <summary>The link register, while it holds what it held when the thread stopped.</summary>
    private ulong _link;

    private bool _hasLink;

    /// <summary>The frame pointer, or where it is saved when <see cref="_framePointerSlot"/> is not 0.</summary>
    private ulong _framePointer;

    private ulong _framePointerSlot;
    private ulong _goroutine;
    private bool _isExact;
    private byte _segment;

    /// <summary>The stack that was changed to has been read from.</summary>
    private bool _isSegmentReadable;

    /// <summary>The thread has left the goroutine that it came from.</summary>
    private bool _isScheduling;

    private UnwindEnd _end;

    public StackWalk(StackUnwinder unwinder, StackArchitecture architecture, in StackRegisters start, TMemory memory, Span<StackFrame> frames)
    {
        _unwinder = unwinder;
        _architecture = architecture;
        _memory = memory;
        _frames = frames;
        _pc = start.Pc;
        _sp = start.Sp;
        _link = start.LinkRegister;
        _hasLink = architecture.HasLinkRegister && start.LinkRegister != 0;
        _framePointer = start.FramePointer;
        _goroutine = start.Goroutine;
        _isExact = !start.IsReturnAddress;
        _isSegmentReadable = true;
    }

    /// <summary>How many frames were written.</summary>
    public int Count { get; private set; }

    public UnwindEnd Run()
    {
        while (Count < _frames.Length)
        {
            if (!Step())
                return _end;
        }

        return UnwindEnd.FrameLimit;
    }

    /// <summary>Writes the current frame and goes to its caller; false at the end.</summary>
    private bool Step()
    {
        var point = _unwinder.Points.Find((_isExact ? _pc : _pc - 1) - _unwinder.LoadBias);
        if (!_isExact && point.IsBeforeSwitchMark)
        {
            _isExact = true;
            point = _unwinder.Points.Find(_pc - _unwinder.LoadBias);
        }

        if ((_sp & 7) != 0)
        {
            Write(point, frameAddress: 0);
            return End(UnwindEnd.Corrupt);
        }

        switch (point.Rule)
        {
            case FrameRule.Table or FrameRule.Injected or FrameRule.Clone:
                return StepByTable(point);
            case FrameRule.Schedule:
                _isScheduling = true;
                return StepByTable(point);
            case FrameRule.Top:
                Write(point, frameAddress: 0);
                return End(UnwindEnd.Complete);
            case FrameRule.Unknown:
                Write(point, frameAddress: 0);
                return StepFromUnknown();
            case FrameRule.SignalEntry:
                Write(point, frameAddress: 0);
                return StepToInterrupted(_sp + (ulong)point.StackDelta + (ulong)(_architecture.CallSize + _architecture.SignalContext));
            case FrameRule.SignalReturn:
                Write(point, frameAddress: 0);
                return StepToInterrupted(_sp + (ulong)_architecture.SignalContext);
            default:
                Write(point, frameAddress: 0);
                return StepToOtherStack(point);
        }
    }

    private bool StepByTable(in CodePoint point)
    {
        if (!TryGetFrameAddress(point, _sp, out var frameAddress))
        {
            Write(point, frameAddress: 0);
            return End(UnwindEnd.Corrupt);
        }

        Write(point, frameAddress);
        if (!_architecture.HasLinkRegister || point.StackDelta > 0)
            return ReturnFromMemory(point, _sp, frameAddress);
        if (!_hasLink)
            return End(UnwindEnd.Corrupt);
        return Return(_link, frameAddress, point.Rule == FrameRule.Injected);
    }

    private readonly bool TryGetFrameAddress(in CodePoint point, ulong sp, out ulong frameAddress)
    {
        frameAddress = sp + (ulong)point.StackDelta + (ulong)_architecture.CallSize;
        return frameAddress >= sp && (frameAddress & 7) == 0;
    }

    /// <summary>Returns through the address in a frame whose extent is known.</summary>
    private bool ReturnFromMemory(in CodePoint point, ulong sp, ulong frameAddress)
    {
        if (!TryReadWord(_architecture.HasLinkRegister ? sp : frameAddress - 8, out var returnAddress))
            return End(_isSegmentReadable ? UnwindEnd.StackExhausted : UnwindEnd.SwitchedStack);
        _isSegmentReadable = true;
        if (returnAddress == 0 && point.Rule == FrameRule.Clone)
            return End(UnwindEnd.Complete);
        if (point.StackDelta > 0)
            _framePointerSlot = _architecture.HasLinkRegister ? sp - 8 : frameAddress - 16;
        return Return(returnAddress, frameAddress, point.Rule == FrameRule.Injected);
    }

    /// <summary>Makes the caller the current frame.</summary>
    private bool Return(ulong returnAddress, ulong sp, bool isExact)
    {
        if (returnAddress == 0)
            return End(UnwindEnd.Corrupt);
        (_pc, _sp, _isExact, _hasLink) = (returnAddress, sp, isExact, false);
        if (!isExact || _architecture.InjectedSize == 0)
            return true;

        // The runtime saved the link register of the function that faulted below its frame.
        _hasLink = TryReadWord(sp, out _link);
        _sp += (ulong)_architecture.InjectedSize;
        return true;
    }

    /// <summary>Goes on with the registers that the kernel saved when it delivered a signal.</summary>
    private bool StepToInterrupted(ulong context)
    {
        Span<byte> saved = stackalloc byte[448];
        if (_memory.Read(context, saved) < saved.Length)
            return End(_isSegmentReadable ? UnwindEnd.StackExhausted : UnwindEnd.SwitchedStack);
        _pc = Register(saved, _architecture.ContextPc);
        _sp = Register(saved, _architecture.ContextSp);
        (_framePointer, _framePointerSlot) = (Register(saved, _architecture.ContextFramePointer), 0);
        _hasLink = _architecture.ContextLinkRegister >= 0;
        _link = _hasLink ? Register(saved, _architecture.ContextLinkRegister) : 0;
        _isExact = true;
        if (!TryFindMachine(out _))
            _goroutine = Register(saved, _architecture.ContextGoroutine);
        return ChangeSegment();

        static ulong Register(ReadOnlySpan<byte> saved, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(saved[offset..]);
    }

    private bool ChangeSegment()
    {
        if (_segment == SegmentLimit)
            return End(UnwindEnd.Corrupt);
        _segment++;
        _isSegmentReadable = false;
        return true;
    }

    private void Write(in CodePoint point, ulong frameAddress) =>
        _frames[Count++] = new StackFrame(_pc, _sp, frameAddress, point.FunctionIndex, _isExact, _segment);

    private bool End(UnwindEnd end)
    {
        _end = end;
        return false;
    }

    private readonly bool TryReadWord(ulong address, out ulong word)
    {
        word = 0;
        return _memory.Read(address, MemoryMarshal.AsBytes(new Span<ulong>(ref word))) == sizeof(ulong);
    }
}
