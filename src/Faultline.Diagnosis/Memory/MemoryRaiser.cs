using Faultline.Binaries.Code.Fatals;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Diagnosis.Memory;

/// <summary>The goroutine on which a fault is raised, in a process that stands still.</summary>
/// <param name="Goroutine">The goroutine.</param>
/// <param name="Message">What the runtime is about to print; null when that is not known, or printed already.</param>
/// <param name="IsOfMap">It has just found a map's write mark in the wrong state.</param>
/// <param name="MapAddress">That map, when a register holds it; else 0.</param>
public sealed record MemoryRaiser(Goroutine Goroutine, string? Message = null, bool IsOfMap = false, ulong MapAddress = 0)
{
    private const int MessageLimit = 4096;

    /// <summary>Null when no goroutine raises anything, such as when the scheduler itself finds that all are asleep.</summary>
    public static MemoryRaiser? Find(RuntimeState state) => FindCaught(state) ?? FindDying(state);

    /// <summary>The first thread stands where nothing but a fatal error follows: there <c>faultline catch</c> stops it.</summary>
    private static MemoryRaiser? FindCaught(RuntimeState state)
    {
        if (state.Threads is not [var first, ..] || FatalPoints.TryFindAt(state.Binary, first.Registers.ProgramCounter - state.LoadBias) is not { } point
            || !state.TryFindMachine(first.ThreadId, out var machine) || !state.Goroutines.TryFindAt(machine.CurrentGoroutine, out var goroutine))
        {
            return null;
        }

        return new MemoryRaiser(
            goroutine,
            point.Kind == FatalKind.Message ? ReadMessage(state.Memory, first.Registers, state.Binary.Architecture) : null,
            point.Kind == FatalKind.Map,
            point.MapRegister >= 0 ? first.Registers.General[point.MapRegister] : 0);
    }

    /// <summary>The goroutine of the thread that is dying, or throwing; the first thread of a core is the one that the signal met.</summary>
    private static MemoryRaiser? FindDying(RuntimeState state)
    {
        var first = state.Threads.Count > 0 ? state.Threads[0].ThreadId : 0;
        foreach (var machine in state.Machines.Where(machine => machine.Throwing > 0 || machine.Dying > 0).OrderByDescending(machine => machine.ThreadId == first))
        {
            if (state.Goroutines.TryFindAt(machine.CurrentGoroutine, out var goroutine))
                return new MemoryRaiser(goroutine);
        }

        return null;
    }

    /// <summary>The argument of <c>fatal</c> and <c>throw</c>: a string in the first two registers.</summary>
    private static string? ReadMessage(TargetMemory memory, ThreadRegisters registers, string architecture) => architecture is "amd64"
        ? memory.TryReadText(registers.General[0], registers.General[3], MessageLimit)
        : memory.TryReadText(registers.General[0], registers.General[1], MessageLimit);
}
