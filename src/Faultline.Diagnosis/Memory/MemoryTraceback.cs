using System.Globalization;
using System.Text;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// The traceback of a process that stands still, in the words of the Go runtime: as with <c>GOTRACEBACK=system</c> and <c>GODEBUG=scheddetail=1</c>,
/// without arguments, and with the stacks that the runtime cannot print because their goroutines run. What reads logs reads this as well.
/// </summary>
public sealed class MemoryTraceback
{
    private readonly RuntimeState _state;
    private readonly TextWriter _output;
    private readonly Dictionary<int, string> _stacks = [];

    private MemoryTraceback(RuntimeState state, TextWriter output) => (_state, _output) = (state, output);

    /// <summary>Writes it; lines end with a line feed.</summary>
    /// <param name="state">The process.</param>
    /// <param name="output">Stays the caller's.</param>
    /// <param name="headline">What the fault is, as the runtime would print it; null for none.</param>
    /// <param name="raiser">The goroutine that raised the fault, which is printed first; null for none.</param>
    public static void Write(RuntimeState state, TextWriter output, string? headline, Goroutine? raiser)
    {
        var traceback = new MemoryTraceback(state, output);
        if (headline is not null)
            output.Write($"fatal error: {headline}\n");
        traceback.WriteScheduler();
        if (raiser is { } first)
            traceback.WriteGoroutine(first, isRaiser: true);
        foreach (var goroutine in state.Goroutines)
        {
            if (goroutine.Address != raiser?.Address)
                traceback.WriteGoroutine(goroutine, isRaiser: false);
        }
    }

    private void WriteScheduler()
    {
        _output.Write(string.Create(CultureInfo.InvariantCulture, $"SCHED 0ms: gomaxprocs={_state.Processors.Count} threads={_state.Machines.Count}\n"));
        foreach (var machine in _state.Machines.OrderBy(machine => machine.Id))
        {
            var current = _state.Goroutines.TryFindAt(machine.CurrentGoroutine, out var running) ? running.Id.ToString(CultureInfo.InvariantCulture) : "nil";
            var locked = _state.Goroutines.TryFindAt(machine.LockedGoroutine, out var held) ? held.Id.ToString(CultureInfo.InvariantCulture) : "nil";
            _output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"  M{machine.Id}: p=nil curg={current} mallocing=0 throwing={machine.Throwing} preemptoff= locks=0 dying={machine.Dying} spinning={(machine.IsSpinning ? "true" : "false")} blocked={(machine.IsBlocked ? "true" : "false")} lockedg={locked}\n"));
        }
    }

    private void WriteGoroutine(in Goroutine goroutine, bool isRaiser)
    {
        var waited = _state.WaitTime(goroutine) is { TotalMinutes: >= 1 } time ? string.Create(CultureInfo.InvariantCulture, $", {(long)time.TotalMinutes} minutes") : "";
        var locked = goroutine.LockedMachine != 0 ? ", locked to thread" : "";
        _output.Write(string.Create(CultureInfo.InvariantCulture, $"\ngoroutine {goroutine.Id} [{(isRaiser ? "running" : _state.Describe(goroutine))}{waited}{locked}]:\n"));
        _output.Write(StackOf(goroutine));
        if (goroutine.IsMain || goroutine.CreatorPc == 0 || _state.Binary.ResolveFrames(goroutine.CreatorPc - 1 - _state.LoadBias) is not [.., { } creator])
            return;
        var parent = goroutine.ParentId == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" in goroutine {goroutine.ParentId}");
        _output.Write(string.Create(CultureInfo.InvariantCulture, $"created by {creator.Function}{parent}\n\t{creator.File}:{creator.Line}{Offset(goroutine.CreatorPc)}\n"));
    }

    private string StackOf(in Goroutine goroutine)
    {
        var stack = _state.Stacks.Intern(goroutine, out _);
        if (_stacks.TryGetValue(stack, out var known))
            return known;
        var text = new StringBuilder();
        foreach (var position in _state.Stacks.Set.Frames(stack))
        {
            foreach (var frame in _state.Binary.ResolveFrames(position.LookupAddress - _state.LoadBias))
            {
                // Calls that were inlined have no address of their own.
                var place = frame.Inlined ? "" : Offset(position.Pc);
                text.Append(CultureInfo.InvariantCulture, $"{frame.Function}(...)\n\t{frame.File}:{frame.Line}{place}\n");
            }
        }

        _stacks.Add(stack, known = text.Length == 0 ? "\tgoroutine running on other thread; stack unavailable\n" : text.ToString());
        return known;
    }

    private string Offset(ulong pc) =>
        _state.Binary.TryFindFunction(pc - 1 - _state.LoadBias, out var function) ? string.Create(CultureInfo.InvariantCulture, $" +0x{pc - _state.LoadBias - function.Entry:x}") : "";
}
