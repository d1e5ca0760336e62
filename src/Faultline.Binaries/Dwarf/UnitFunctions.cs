using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>One piece of a function's code and the entry that describes it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionRange(ulong Start, ulong End, int EntryPosition);

/// <summary>The functions of one unit by address. Immutable.</summary>
internal sealed class UnitFunctions
{
    /// <summary>Pieces of real functions do not overlap, but those of one that is broken may.</summary>
    private const int Reach = 16;

    private readonly FunctionRange[] _ranges;

    private UnitFunctions(FunctionRange[] ranges) => _ranges = ranges;

    public static UnitFunctions None { get; } = new([]);

    /// <summary>In address order.</summary>
    public ReadOnlySpan<FunctionRange> All => _ranges;

    /// <exception cref="MalformedDataException">The unit's entries cannot be read to their end.</exception>
    public static UnitFunctions Read(DwarfUnit unit)
    {
        var budget = new ReadBudget(unit.Sections.Path, "DWARF range lists", ReadLimits.LineRowCount);
        var ranges = new List<FunctionRange>();
        var entries = new EntryReader(unit, unit.Header.EntriesPosition);
        try
        {
            while (entries.MoveNext())
            {
                if (entries.Tag != DwarfTag.Subprogram)
                    continue;
                foreach (var range in unit.RangesOf(entries, budget))
                    ranges.Add(new FunctionRange(range.Start, range.End, entries.Position));
                entries.SkipChildren();
            }
        }
        catch (MalformedDataException exception)
        {
            // Functions before the damage are right.
            unit.Sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
        }

        ranges.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        return new UnitFunctions([.. ranges]);
    }

    public bool TryFind(ulong address, out FunctionRange found)
    {
        var (low, high) = (0, _ranges.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        for (var index = low - 1; index >= Math.Max(0, low - Reach); index--)
        {
            if (address < _ranges[index].End)
            {
                found = _ranges[index];
                return true;
            }
        }

        found = default;
        return false;
    }
}
