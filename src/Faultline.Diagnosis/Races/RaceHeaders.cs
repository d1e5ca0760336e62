using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Races;
using Faultline.Runtime.Slices;

namespace Faultline.Diagnosis.Races;

/// <summary>The slice headers that a memory holds for an address, and whether that memory may be asked.</summary>
internal sealed class RaceHeaders
{
    private readonly RaceMemory _memory;
    private readonly ArraySlices? _slices;

    public RaceHeaders(RaceMemory memory)
    {
        _memory = memory;
        _slices = ArraySlices.TryOpen(memory.State);
    }

    /// <summary>The slices around an address, and the array's beginning and end; why none when the basis is <see cref="SameRunBasis.None"/>.</summary>
    public RaceHeaderSet Find(LogOrigin log, RaceReport report, ulong address)
    {
        if (SameRun.IsSameBuild(report, _memory.State.Binary) == false)
            return Nothing($"{_memory.Source} is not used: the report's lines are not those of its program, which is another build");
        if (SameRun.ByName(log, _memory) is not { } run)
            return Nothing($"{_memory.Source} is not used: nothing shows that it is of the run that printed the report. GORACE=log_path=race.log puts the process's id into the log's name");
        if (!run.IsUsed)
            return Nothing($"{_memory.Source} is not used: {run.Because}");
        if (_slices is null)
            return Nothing($"{_memory.Source} is not used: its program has no DWARF, so that nothing tells which words are slices");
        var found = _slices.Find(address);
        if (found.Count == 0)
            return Nothing($"no variable in {_memory.Source} leads to a slice whose array holds 0x{address:x}: it is gone by then");
        (ulong, ulong)? block = _slices.ObjectAt(address) is { } array
            ? (array.Address, Math.Min(array.End, found.Max(slice => slice.End)) - array.Address)
            : null;
        return new RaceHeaderSet(run, [.. found.Select(ToSpan)], block);
    }

    private static RaceHeaderSet Nothing(string because) => new(new SameRun(SameRunBasis.None, because), [], null);

    private SliceSpan ToSpan(NamedSlice slice) => new(slice.Name.Length > 0 ? slice.Name : $"0x{slice.Header.Address:x}", slice.Header.Array, slice.Header.Length, slice.Header.Capacity, slice.ElementSize)
    {
        Origin = $"{_memory.Source}: {slice.Place}{(slice.IsCapacityKnown ? "" : ", its capacity is not kept there")}",
    };
}

/// <summary>What <see cref="RaceHeaders"/> found.</summary>
/// <param name="Block">Address and size of the allocation; null outside the heap.</param>
internal sealed record RaceHeaderSet(SameRun Run, IReadOnlyList<SliceSpan> Slices, (ulong Address, ulong Size)? Block);
