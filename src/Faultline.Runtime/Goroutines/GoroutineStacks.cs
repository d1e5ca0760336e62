using Faultline.Runtime.Memory;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// Unwinds goroutines and threads. Nothing is kept of a stack but its number in a <see cref="StackSet"/>, which equal stacks share; frames with
/// their stack addresses are made when asked for. Not thread-safe.
/// </summary>
public sealed class GoroutineStacks
{
    /// <summary>Most frames of one stack; the runtime's own limit of 1 GiB allows more, and a stack that deep only repeats itself.</summary>
    public const int FrameLimit = 4096;

    private readonly RuntimeState _state;
    private readonly StackUnwinder _unwinder;
    private readonly StackFrame[] _buffer = new StackFrame[FrameLimit];
    private readonly Dictionary<ulong, StoppedThread> _threads = [];
    private readonly Dictionary<ulong, Machine> _machines = [];

    internal GoroutineStacks(RuntimeState state)
    {
        _state = state;
        _unwinder = new StackUnwinder(state.Binary, state.LoadBias);
        var byId = state.Threads.GroupBy(thread => thread.ThreadId).ToDictionary(group => group.Key, group => group.First());
        foreach (var machine in state.Machines)
        {
            _machines.TryAdd(machine.Address, machine);
            if (machine.ThreadId != 0 && byId.TryGetValue(machine.ThreadId, out var thread))
                _threads.TryAdd(machine.Address, thread);
        }
    }

    /// <summary>Every stack that <see cref="Intern"/> has seen.</summary>
    public StackSet Set { get; } = new();

    /// <summary>The thread that runs a goroutine; null when none does or its registers are not known.</summary>
    public StoppedThread? FindThread(in Goroutine goroutine) => TryFindRunner(goroutine, out _, out var thread) ? thread : null;

    /// <summary>The frames of a goroutine, innermost first; for one that runs, those of the runtime that it called on its thread's own stack as well.</summary>
    public StackFrame[] Read(in Goroutine goroutine, out UnwindEnd end)
    {
        var count = Unwind(goroutine, out end);
        return _buffer.AsSpan(0, count).ToArray();
    }

    /// <summary>The frames of a thread, from its registers.</summary>
    public StackFrame[] Read(StoppedThread thread, out UnwindEnd end)
    {
        var current = _state.TryFindMachine(thread.ThreadId, out var machine) ? StackOwner(machine, thread.Registers) : thread.Registers.Goroutine;
        var count = _unwinder.Unwind(StartOf(thread.Registers, current), _state.Memory.Space, _buffer, out end);
        return _buffer.AsSpan(0, count).ToArray();
    }

    /// <summary>The number of a goroutine's stack in <see cref="Set"/>; equal stacks have the same.</summary>
    public int Intern(in Goroutine goroutine, out UnwindEnd end)
    {
        var count = Unwind(goroutine, out end);
        return Set.Add(_buffer.AsSpan(0, count));
    }

    private int Unwind(in Goroutine goroutine, out UnwindEnd end)
    {
        if (TryFindRunner(goroutine, out var machine, out var thread))
        {
            var count = _unwinder.Unwind(StartOf(thread.Registers, StackOwner(machine, thread.Registers)), _state.Memory.Space, _buffer, out end);
            if (end == UnwindEnd.Complete || goroutine.Status != GoroutineStatus.Syscall || goroutine.SyscallSp == 0)
                return count;
        }
        else if (goroutine.Status == GoroutineStatus.Running)
        {
            // What the scheduler saved last is where it was before it ran.
            end = UnwindEnd.StackExhausted;
            return 0;
        }

        return _unwinder.Unwind(SavedRegisters(goroutine), _state.Memory.Space, _buffer, out end);
    }

    private static StackRegisters SavedRegisters(in Goroutine goroutine)
    {
        var isSyscall = goroutine.Status == GoroutineStatus.Syscall && goroutine.SyscallSp != 0;
        return new StackRegisters
        {
            Pc = isSyscall ? goroutine.SyscallPc : goroutine.ScheduledPc,
            Sp = isSyscall ? goroutine.SyscallSp : goroutine.ScheduledSp,
            FramePointer = isSyscall ? 0 : goroutine.ScheduledFramePointer,
            Goroutine = goroutine.Address,
            IsReturnAddress = true,
        };
    }

    private static StackRegisters StartOf(ThreadRegisters registers, ulong goroutine) => new()
    {
        Pc = registers.ProgramCounter,
        Sp = registers.StackPointer,
        FramePointer = registers.FramePointer,
        LinkRegister = registers.LinkRegister,
        Goroutine = goroutine,
    };

    private bool TryFindRunner(in Goroutine goroutine, out Machine machine, out StoppedThread thread)
    {
        thread = null!;
        machine = default;
        return goroutine.Status is GoroutineStatus.Running or GoroutineStatus.Syscall
            && goroutine.Machine != 0
            && _machines.TryGetValue(goroutine.Machine, out machine)
            && machine.CurrentGoroutine == goroutine.Address
            && _threads.TryGetValue(goroutine.Machine, out thread!);
    }

    /// <summary>The g whose stack a thread is on. The register that Go keeps it in holds anything at all in C code, so the stack pointer decides.</summary>
    private ulong StackOwner(in Machine machine, ThreadRegisters registers)
    {
        foreach (var candidate in (ReadOnlySpan<ulong>)[machine.CurrentGoroutine, machine.SignalGoroutine, machine.SystemGoroutine])
        {
            if (candidate != 0 && _state.Reader.TryRead(candidate, out var goroutine) && goroutine.IsOnStack(registers.StackPointer))
                return candidate;
        }

        return registers.Goroutine;
    }
}
