using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Heap;

/// <summary>
/// From an address to the span that holds it, as the runtime goes (<c>runtime/mheap.go spanOf</c>) on 64-bit Linux: one table of arenas of
/// 64 MiB, one table of spans by pages of 8 KiB in each.
/// </summary>
internal sealed class ArenaMap
{
    public const int ArenaShift = 26;
    public const int PageShift = 13;
    public const ulong PageCount = 1UL << (ArenaShift - PageShift);
    private const ulong ArenaCount = 1UL << (48 - ArenaShift);

    private readonly TargetMemory _memory;
    private readonly int _spans;
    private readonly int _startAddress;
    private readonly int _pageCount;

    public ArenaMap(TargetMemory memory, RuntimeLayouts layouts)
    {
        _memory = memory;
        _spans = layouts.Offset("runtime.heapArena", "spans");
        _startAddress = layouts.Offset("runtime.mspan", "startAddr");
        _pageCount = layouts.Offset("runtime.mspan", "npages");
        IsKnown = _spans >= 0 && _startAddress >= 0 && _pageCount >= 0;

        // The kernel gives no address above this one; the runtime shifts amd64's to the middle of its table.
        Base = layouts.IsAmd64 ? 0xffff800000000000 : 0;
    }

    public bool IsKnown { get; }

    /// <summary>What arena 0 begins at.</summary>
    public ulong Base { get; }

    /// <summary>The address of an arena's record; 0 when there is none.</summary>
    /// <param name="table">The table of arenas.</param>
    public ulong FindArena(ulong table, ulong address)
    {
        var index = (address - Base) >> ArenaShift;
        return index >= ArenaCount ? 0 : _memory.ReadUInt64(table + (index * 8));
    }

    /// <summary>The span that holds an address.</summary>
    /// <param name="table">The table of arenas.</param>
    public bool TryFindSpan(ulong table, ulong address, out ulong span)
    {
        span = 0;
        if (!IsKnown || FindArena(table, address) is not (not 0 and var arena))
            return false;
        span = _memory.ReadUInt64(arena + (ulong)_spans + ((address >> PageShift) % PageCount * 8));
        if (span == 0 || (span & 7) != 0)
            return false;
        var start = _memory.ReadUInt64(span + (ulong)_startAddress);
        return start != 0 && address >= start && address - start < _memory.ReadUInt64(span + (ulong)_pageCount) << PageShift;
    }
}
