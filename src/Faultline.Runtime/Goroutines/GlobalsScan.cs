using Faultline.Binaries.GoSym;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// Finds the runtime's variables in a stripped program by what they hold: the structs that they lead to name themselves (a g in its saved
/// registers, an m through its g0, a p by its index), so a word of the program's data that leads to them the right way can only be the
/// variable. No code is looked at, so it works the same on every architecture.
/// </summary>
internal sealed class GlobalsScan
{
    private const int MachineLimit = 1 << 20;
    private const ulong ProcessorLimit = 1 << 12;
    private const int SemaphoreRootCount = 251;
    private const ulong GoroutineLimit = 1UL << 27;

    private readonly TargetMemory _memory;
    private readonly RuntimeLayouts _layouts;
    private readonly GoroutineReader _goroutines;
    private readonly int _systemGoroutine;
    private readonly int _allLink;
    private readonly int _processorOfMachine;
    private readonly int _machineOfProcessor;
    private readonly int _processorStatus;
    private readonly List<(ulong Address, ulong Value)> _words;

    public GlobalsScan(TargetMemory memory, RuntimeLayouts layouts, GoroutineReader goroutines, Moduledata module, ulong loadBias)
    {
        _memory = memory;
        _layouts = layouts;
        _goroutines = goroutines;
        _systemGoroutine = layouts.Offset("runtime.m", "g0");
        _allLink = layouts.Offset("runtime.m", "alllink");
        _processorOfMachine = layouts.Offset("runtime.m", "p");
        _machineOfProcessor = layouts.Offset("runtime.p", "m");
        _processorStatus = layouts.Offset("runtime.p", "status");

        // All of them are pointers, so a word that is no aligned address of a process is none of them.
        _words = [.. DataScan.Words(memory, module, loadBias).Where(word => (word.Value & 7) == 0 && word.Value < 1UL << 48)];
    }

    public RuntimeGlobals Find()
    {
        var goroutines = FindGoroutines();
        var machines = FindMachines();
        return new RuntimeGlobals
        {
            AllGoroutines = goroutines,
            AllMachines = machines,
            AllProcessors = FindProcessors(machines),
            SemaphoreTable = FindSemaphoreTable(),
            Arenas = FindArenas(goroutines),
            AreFromScan = true,
        };
    }

    /// <summary>The longest slice of goroutines.</summary>
    private ulong FindGoroutines()
    {
        var (best, most) = (0UL, 0UL);
        foreach (var (address, array) in _words)
        {
            var count = _memory.ReadUInt64(address + 8);
            if (count <= most || count > GoroutineLimit || _memory.ReadUInt64(address + 16) is var capacity && (capacity < count || capacity > GoroutineLimit))
                continue;
            if (IsGoroutineAt(0) && IsGoroutineAt(count - 1) && IsGoroutineAt(count / 2))
                (best, most) = (address, count);

            bool IsGoroutineAt(ulong index) => _goroutines.IsGoroutine(_memory.ReadUInt64(array + (index * 8)));
        }

        return best;
    }

    /// <summary>
    /// The word from which the longest chain of threads hangs. Other words point into the same chain, but none above its head; only a
    /// thread that ended may still be linked to it from above, and that has no kernel id that the chain lacks.
    /// </summary>
    private ulong FindMachines()
    {
        var (best, longest) = (0UL, 0);
        var lengths = new Dictionary<ulong, int>();
        foreach (var (address, machine) in _words)
        {
            if (!lengths.TryGetValue(machine, out var length))
                lengths.Add(machine, length = IsMachine(machine) ? ChainLength(machine) : 0);
            if (length > longest)
                (best, longest) = (address, length);
        }

        return best;
    }

    private bool IsMachine(ulong machine) =>
        _memory.TryReadPointer(machine + (ulong)_systemGoroutine, out var goroutine) && (goroutine & 7) == 0 && _goroutines.MachineOf(goroutine) == machine;

    private int ChainLength(ulong machine)
    {
        var length = 0;
        for (; machine != 0 && length < MachineLimit; length++)
        {
            if (!IsMachine(machine))
                return 0;
            machine = _memory.ReadUInt64(machine + (ulong)_allLink);
        }

        return length;
    }

    /// <summary>The longest slice of structs that carry their own index and hold all that threads hold.</summary>
    private ulong FindProcessors(ulong allMachines)
    {
        var held = new HashSet<ulong>();
        var machine = allMachines == 0 ? 0 : _memory.ReadUInt64(allMachines);
        for (var count = 0; machine != 0 && count < MachineLimit; count++, machine = _memory.ReadUInt64(machine + (ulong)_allLink))
        {
            if (_memory.TryReadPointer(machine + (ulong)_processorOfMachine, out var processor))
                held.Add(processor);
        }

        var (best, most) = (0UL, 0UL);
        foreach (var (address, array) in _words)
        {
            var count = _memory.ReadUInt64(address + 8);
            if (count <= most || count > ProcessorLimit || _memory.ReadUInt64(address + 16) is var capacity && (capacity < count || capacity > ProcessorLimit))
                continue;
            var found = new HashSet<ulong>();
            for (var index = 0UL; index < count && IsProcessor(_memory.ReadUInt64(array + (index * 8)), index); index++)
                found.Add(_memory.ReadUInt64(array + (index * 8)));
            if ((ulong)found.Count == count && held.IsSubsetOf(found))
                (best, most) = (address, count);
        }

        return best;
    }

    private bool IsProcessor(ulong processor, ulong index)
    {
        if (processor == 0 || (processor & 7) != 0 || !_memory.TryReadUInt64(processor, out var start) || (uint)start != index)
            return false;
        if (_memory.ReadUInt32(processor + (ulong)_processorStatus) > 4)
            return false;
        var machine = _memory.ReadUInt64(processor + (ulong)_machineOfProcessor);
        return machine == 0 || (IsMachine(machine) && _memory.ReadUInt64(machine + (ulong)_processorOfMachine) is var back && (back == processor || back == 0));
    }

    /// <summary>
    /// Every waiter's place in the table follows from the address that it waits on, so each word that leads to a waiter names one
    /// beginning of the table; the beginning that most agree on is it. Without any waiter there is nothing to be found in the table either.
    /// </summary>
    private ulong FindSemaphoreTable()
    {
        var entrySize = (ulong)_layouts.Size("runtime.semTable.entry");
        var treap = _layouts.Offset("runtime.semaRoot", "treap");
        var element = _layouts.Offset("runtime.sudog", "elem");
        var owner = _layouts.Offset("runtime.sudog", "g");
        if (entrySize == 0 || treap < 0 || element < 0)
            return 0;
        if (_layouts.FieldSize("runtime.sudog", "elem") == 16)
            element += 8;
        var votes = new Dictionary<ulong, int>();
        foreach (var (address, waiter) in _words)
        {
            if (!_memory.TryReadPointer(waiter + (ulong)element, out var awaited) || !_goroutines.IsGoroutine(_memory.ReadUInt64(waiter + (ulong)owner)))
                continue;
            var start = address - (ulong)treap - ((awaited >> 3) % SemaphoreRootCount * entrySize);
            votes[start] = votes.GetValueOrDefault(start) + 1;
        }

        // A channel's queue also leads to waiters, but what they wait with is anywhere: its votes are scattered.
        return votes.Count == 0 ? 0 : votes.MaxBy(vote => vote.Value).Key;
    }

    /// <summary>The word that leads to the span of a goroutine's struct, which lies in the heap.</summary>
    private ulong FindArenas(ulong allGoroutines)
    {
        if (allGoroutines == 0)
            return 0;
        var array = _memory.ReadUInt64(allGoroutines);
        var map = new Heap.ArenaMap(_memory, _layouts);
        for (var index = 0UL; index < Math.Min(8, _memory.ReadUInt64(allGoroutines + 8)); index++)
        {
            var goroutine = _memory.ReadUInt64(array + (index * 8));
            foreach (var (address, table) in _words)
            {
                if (map.TryFindSpan(table, goroutine, out _))
                    return address;
            }
        }

        return 0;
    }
}
