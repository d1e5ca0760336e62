using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>Reads the runtime's threads and processors.</summary>
internal static class MachineList
{
    private const int MachineLimit = 1 << 20;
    private const int ProcessorLimit = 1 << 12;
    private const uint QueueSize = 256;

    /// <summary>Follows <c>runtime.allm</c>; ends where memory does or a thread comes up again.</summary>
    public static IReadOnlyList<Machine> Read(TargetMemory memory, RuntimeLayouts layouts, ulong headAddress)
    {
        const string structure = "runtime.m";
        var machines = new List<Machine>();
        var seen = new HashSet<ulong>();
        var link = layouts.Offset(structure, "alllink");
        for (var address = headAddress == 0 ? 0 : memory.ReadUInt64(headAddress); address != 0 && machines.Count < MachineLimit && seen.Add(address);)
        {
            if (!memory.TryReadUInt64(address, out _))
                break;
            machines.Add(new Machine
            {
                Address = address,
                Id = (long)Word("id"),
                ThreadId = (int)Word("procid"),
                CurrentGoroutine = Word("curg"),
                SystemGoroutine = Word("g0"),
                SignalGoroutine = Word("gsignal"),
                Processor = Word("p"),
                LockedGoroutine = Word("lockedg"),
                Throwing = (int)Number("throwing"),
                Dying = (int)Number("dying"),
                IsSpinning = Flag("spinning"),
                IsBlocked = Flag("blocked"),
                IsInCgo = Flag("incgo"),
            });
            address = memory.ReadUInt64(address + (ulong)link);

            ulong Word(string field) => layouts.Offset(structure, field) is >= 0 and var offset ? memory.ReadUInt64(address + (ulong)offset) : 0;
            uint Number(string field) => layouts.Offset(structure, field) is >= 0 and var offset ? memory.ReadUInt32(address + (ulong)offset) : 0;
            bool Flag(string field) => layouts.Offset(structure, field) is >= 0 and var offset && memory.ReadByte(address + (ulong)offset) != 0;
        }

        return machines;
    }

    /// <summary>Reads the slice <c>runtime.allp</c>.</summary>
    public static IReadOnlyList<Processor> ReadProcessors(TargetMemory memory, RuntimeLayouts layouts, ulong sliceAddress)
    {
        const string structure = "runtime.p";
        if (sliceAddress == 0 || !memory.TryReadPointer(sliceAddress, out var array))
            return [];
        var count = Math.Min(memory.ReadUInt64(sliceAddress + 8), ProcessorLimit);
        var (status, machine, tick) = (layouts.Offset(structure, "status"), layouts.Offset(structure, "m"), layouts.Offset(structure, "schedtick"));
        var processors = new List<Processor>();
        for (var index = 0UL; index < count; index++)
        {
            if (!memory.TryReadPointer(array + (index * 8), out var address) || !memory.TryReadUInt64(address, out _))
                continue;
            processors.Add(new Processor(
                address, (int)memory.ReadUInt32(address), (int)memory.ReadUInt32(address + (ulong)status), memory.ReadUInt64(address + (ulong)machine),
                memory.ReadUInt32(address + (ulong)tick), ReadQueue(memory, layouts, address)));
        }

        return processors;
    }

    private static List<ulong> ReadQueue(TargetMemory memory, RuntimeLayouts layouts, ulong processor)
    {
        const string structure = "runtime.p";
        var goroutines = new List<ulong>();
        if (memory.TryReadPointer(processor + (ulong)layouts.Offset(structure, "runnext"), out var next))
            goroutines.Add(next);
        var head = memory.ReadUInt32(processor + (ulong)layouts.Offset(structure, "runqhead"));
        var tail = memory.ReadUInt32(processor + (ulong)layouts.Offset(structure, "runqtail"));
        var queue = processor + (ulong)layouts.Offset(structure, "runq");
        for (var at = head; at != tail && at - head < QueueSize; at++)
            goroutines.Add(memory.ReadUInt64(queue + (at % QueueSize * 8)));
        return goroutines;
    }
}
