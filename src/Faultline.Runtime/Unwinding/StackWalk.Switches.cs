namespace Faultline.Runtime.Unwinding;

/// <content>Ways onto another stack, and out of code without tables.</content>
internal ref partial struct StackWalk<TMemory>
{
    /// <summary>Most frames of C that a chain of frame pointers may lead through.</summary>
    private const int ChainLimit = 64;

    /// <summary>The current frame runs on another stack than its caller's: the goroutine's is noted in its g, or on the thread's stack.</summary>
    private bool StepToOtherStack(in CodePoint point)
    {
        if (_isScheduling && point.Rule is (FrameRule.Mcall or FrameRule.MoreStack))
            return End(UnwindEnd.Complete);
        if (_unwinder.Fields is not { } fields)
            return End(UnwindEnd.SwitchedStack);
        switch (point.Rule)
        {
            case FrameRule.AsmCgoCall when !_isExact && TryReadNote(fields, point, out var noted, out var isSameStack):
                return Reenter(point, noted, isSameStack);
            case FrameRule.SystemStack or FrameRule.AsmCgoCall:
                if (!TryFindCurrent(out var current) || !TryReadWord(current + (ulong)fields.ScheduledSp, out var sp) || sp == 0)
                    return End(UnwindEnd.SwitchedStack);
                return Reenter(point, sp, isSameStack: false);
            case FrameRule.MoreStack:
                return TryFindCurrent(out current) ? Resume(current, fields) : EndIdle(fields);
            case FrameRule.Mcall:
                return StepFromMcall(fields);
            case FrameRule.Gogo when _isExact && TryFindMachine(out _):
                // The g register is the goroutine that starts, and the stack pointer its own already.
                return TryReadWord(_goroutine + (ulong)fields.ScheduledPc, out var pc) && ChangeSegment() ? Return(pc, _sp, isExact: false) : End(UnwindEnd.SwitchedStack);
            default:
                if (TryFollowVdso())
                    return ChangeSegment();
                return point.Rule == FrameRule.Elsewhere && TryFollowOwnRecord(out var isHere) ? isHere || ChangeSegment() : End(UnwindEnd.SwitchedStack);
        }
    }

    /// <summary>Goes on in the same frame with the stack pointer that it had on its caller's stack.</summary>
    private bool Reenter(in CodePoint point, ulong sp, bool isSameStack)
    {
        if ((sp & 7) != 0 || (isSameStack && sp <= _sp) || !TryGetFrameAddress(point, sp, out var frameAddress))
            return End(UnwindEnd.Corrupt);
        if (_architecture.HasLinkRegister && point.StackDelta == 0)
            return End(UnwindEnd.SwitchedStack);
        _frames[Count - 1] = _frames[Count - 1] with { FrameAddress = frameAddress };
        return (isSameStack || ChangeSegment()) && ReturnFromMemory(point, sp, frameAddress);
    }

    /// <summary>What <c>asmcgocall</c> noted: a goroutine and the depth of its stack; or no goroutine and the old stack pointer, if it was on the thread's stack before.</summary>
    private readonly bool TryReadNote(GoroutineFields fields, in CodePoint point, out ulong sp, out bool isSameStack)
    {
        (sp, isSameStack) = (0, false);
        if (!TryReadWord(_sp + (ulong)fields.CgoGoroutine, out var goroutine) || !TryReadWord(_sp + (ulong)fields.CgoDepth, out var depth))
            return false;
        isSameStack = goroutine == 0;
        if (isSameStack)
        {
            sp = depth;
            return depth > _sp && depth - _sp <= 64;
        }

        if (!TryReadWord(goroutine + (ulong)fields.StackHigh, out var high) || depth >= high || depth < (ulong)point.StackDelta)
            return false;
        sp = high - depth;
        return true;
    }

    /// <summary>Goes on where the scheduler would let a goroutine go on.</summary>
    private bool Resume(ulong goroutine, GoroutineFields fields)
    {
        if (!TryReadWord(goroutine + (ulong)fields.ScheduledPc, out var pc) || !TryReadWord(goroutine + (ulong)fields.ScheduledSp, out var sp) || sp == 0)
            return End(UnwindEnd.SwitchedStack);
        if (!ChangeSegment() || !Return(pc, sp, isExact: false))
            return false;
        _framePointerSlot = goroutine + (ulong)fields.ScheduledFramePointer;
        if (_architecture.HasLinkRegister)
            _hasLink = TryReadWord(goroutine + (ulong)fields.ScheduledLr, out _link) && _link != 0;
        return true;
    }

    /// <summary>
    /// <c>mcall</c> leaves for the thread's stack and never comes back. Only while the goroutine that it left, whose address it pushed as the
    /// argument of what it called, is still the thread's current one does its stack belong to what the thread does.
    /// </summary>
    private bool StepFromMcall(GoroutineFields fields)
    {
        if (!TryFindCurrent(out var current))
            return EndIdle(fields);
        if (_architecture.HasLinkRegister || !TryReadWord(_sp, out var pushed) || pushed != current || IsRecovering())
            return End(UnwindEnd.SwitchedStack);
        return Resume(current, fields);
    }

    /// <summary>A thread without a goroutine has no other stack to go on with.</summary>
    private bool EndIdle(GoroutineFields fields) =>
        End(TryFindMachine(out var machine) && TryReadWord(machine + (ulong)fields.CurrentGoroutine, out var current) && current == 0
            ? UnwindEnd.Complete
            : UnwindEnd.SwitchedStack);

    /// <summary>While the runtime recovers a panic, it is rewriting where the goroutine goes on.</summary>
    private readonly bool IsRecovering() =>
        Count >= 2 && _frames[Count - 2].FunctionIndex is >= 0 and var callee
        && _unwinder.Binary.Pclntab!.GetNameBytes(callee).SequenceEqual("runtime.recovery"u8);

    /// <summary>Leaves C code, the vDSO, or whatever else is not Go's.</summary>
    private bool StepFromUnknown()
    {
        if (_pc == 0 && _isExact && TryReturnFromNil())
            return true;
        if (_isExact && TryFollowVdso())
            return ChangeSegment();
        if (TryFollowFramePointers(out var isSameStack))
            return isSameStack || ChangeSegment();
        return TryFollowSystemCall() ? ChangeSegment() : End(UnwindEnd.UnknownCode);
    }

    /// <summary>A call through a nil function: what it would have returned to is its caller.</summary>
    private bool TryReturnFromNil()
    {
        var returnAddress = _link;
        var sp = _sp;
        if (!_architecture.HasLinkRegister)
        {
            sp += 8;
            if (!TryReadWord(_sp, out returnAddress))
                return false;
        }

        return IsGoReturn(returnAddress) && Return(returnAddress, sp, isExact: false);
    }

    /// <summary>
    /// Follows frame pointers until one leads back to a call that Go made. Code that uses the register otherwise breaks the chain, and what
    /// lies between is not reported.
    /// </summary>
    private bool TryFollowFramePointers(out bool isSameStack)
    {
        isSameStack = false;
        var framePointer = _framePointer;
        if (_framePointerSlot != 0 && !TryReadWord(_framePointerSlot, out framePointer))
            return false;
        for (var count = 0; count < ChainLimit; count++)
        {
            if (framePointer == 0 || (framePointer & 7) != 0 || !TryReadWord(framePointer, out var saved) || !TryReadWord(framePointer + 8, out var returnAddress))
                return false;
            if (IsGoReturn(returnAddress))
            {
                // A frame record of arm64 lies somewhere in its frame, but Go's own record lies right below its stack pointer.
                var sp = _architecture.HasLinkRegister ? saved + 8 : framePointer + 16;
                isSameStack = sp > _sp && sp - _sp < 1 << 20;
                (_framePointer, _framePointerSlot) = (saved, 0);
                return Return(returnAddress, sp, isExact: false);
            }

            if (saved <= framePointer)
                return false;
            framePointer = saved;
        }

        return false;
    }

    /// <summary>
    /// Assembly that moves the stack pointer keeps the frame pointer, which leads to the record that the function made on its caller's stack. Only
    /// this one record is believed, so that no frame is passed over.
    /// </summary>
    private bool TryFollowOwnRecord(out bool isSameStack)
    {
        isSameStack = false;
        if (_architecture.HasLinkRegister || !_isExact || (_framePointer & 7) != 0 || _framePointer == 0 || _framePointerSlot != 0)
            return false;
        if (!TryReadWord(_framePointer, out var saved) || !TryReadWord(_framePointer + 8, out var returnAddress) || !IsGoReturn(returnAddress))
            return false;
        var sp = _framePointer + 16;
        isSameStack = sp > _sp && sp - _sp < 1 << 20;
        (_framePointer, _framePointerSlot) = (saved, 0);
        return Return(returnAddress, sp, isExact: false);
    }

    private readonly bool IsGoReturn(ulong address)
    {
        var linked = address - _unwinder.LoadBias;
        return _unwinder.Points.Find(linked - 1).FunctionIndex >= 0 && _unwinder.Calls.IsReturnAddress(linked);
    }

    /// <summary>The runtime notes who asks the vDSO for the time, for profilers that stop there.</summary>
    private bool TryFollowVdso()
    {
        if (_unwinder.Fields is not { } fields || !TryFindMachine(out var machine))
            return false;
        return TryReadWord(machine + (ulong)fields.VdsoSp, out var sp) && sp != 0
            && TryReadWord(machine + (ulong)fields.VdsoPc, out var pc) && IsGoReturn(pc)
            && Return(pc, sp, isExact: false);
    }

    /// <summary>A goroutine in a system call, or in C, has noted where it left Go.</summary>
    private bool TryFollowSystemCall()
    {
        if (_unwinder.Fields is not { } fields || !TryFindCurrent(out var current))
            return false;
        return TryReadWord(current + (ulong)fields.SyscallSp, out var sp) && sp != 0
            && TryReadWord(current + (ulong)fields.SyscallPc, out var pc) && IsGoReturn(pc)
            && Return(pc, sp, isExact: false);
    }

    /// <summary>The m of the g register; false unless that m knows the g.</summary>
    private readonly bool TryFindMachine(out ulong machine)
    {
        machine = 0;
        if (_goroutine == 0 || (_goroutine & 7) != 0 || _unwinder.Fields is not { } fields)
            return false;
        if (!TryReadWord(_goroutine + (ulong)fields.Machine, out machine) || machine == 0 || (machine & 7) != 0)
            return false;
        foreach (var field in (ReadOnlySpan<int>)[fields.SystemGoroutine, fields.CurrentGoroutine, fields.SignalGoroutine])
        {
            if (TryReadWord(machine + (ulong)field, out var known) && known == _goroutine)
                return true;
        }

        return false;
    }

    /// <summary>The goroutine that the thread runs; false when it runs none.</summary>
    private readonly bool TryFindCurrent(out ulong current)
    {
        current = 0;
        return TryFindMachine(out var machine)
            && TryReadWord(machine + (ulong)_unwinder.Fields!.CurrentGoroutine, out current) && current != 0
            && TryReadWord(current + (ulong)_unwinder.Fields.Machine, out var owner) && owner == machine;
    }
}
