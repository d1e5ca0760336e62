using System.Collections.Concurrent;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>
/// The units of <c>.debug_info</c> in file order, and which of them holds an address. Abbreviation tables are shared. Immutable after
/// it was made, which reads every unit's root entry; what is below opens later. Thread-safe.
/// </summary>
internal sealed class UnitList
{
    private const int Reach = 64;

    private readonly DwarfUnit[] _units;
    private readonly (ulong Start, ulong End, int Unit)[] _ranges;

    private UnitList(List<DwarfUnit> units, List<(ulong Start, ulong End, int Unit)> ranges)
    {
        _units = [.. units];
        _ranges = [.. ranges];
        Array.Sort(_ranges);
    }

    public IReadOnlyList<DwarfUnit> All => _units;

    public static UnitList Read(DwarfSections sections)
    {
        var units = new List<DwarfUnit>();
        var ranges = new List<(ulong, ulong, int)>();
        var tables = new ConcurrentDictionary<ulong, AbbreviationTable>();
        var abbreviationBudget = new ReadBudget(sections.Path, "DWARF abbreviations", ReadLimits.LineRowCount);
        var rangeBudget = new ReadBudget(sections.Path, "DWARF range lists", ReadLimits.LineRowCount);
        var cursor = sections.Cursor(sections.Info, "DWARF units");
        try
        {
            while (cursor.Remaining > 0)
            {
                var header = DwarfUnitHeader.Read(ref cursor, sections.Path);
                cursor.Seek((ulong)header.End);
                if (header.EntriesPosition >= header.End || header.IsTypeUnit)
                    continue;
                AddUnit(sections, header, units, ranges, tables, abbreviationBudget, rangeBudget);
            }
        }
        catch (MalformedDataException exception)
        {
            // A broken header hides where the next unit begins.
            sections.Log.Add("DWARF0101", DiagnosticSeverity.Warning, exception);
        }

        return new UnitList(units, ranges);
    }

    /// <summary>Units that hold an address: one, unless the file is odd.</summary>
    public IEnumerable<DwarfUnit> Find(ulong address)
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
                yield return _units[_ranges[index].Unit];
        }
    }

    /// <summary>The unit that an entry belongs to; null outside of all.</summary>
    public DwarfUnit? Holding(int entryPosition)
    {
        var (low, high) = (0, _units.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_units[middle].Header.Position <= entryPosition)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && entryPosition >= _units[low - 1].Header.EntriesPosition && entryPosition < _units[low - 1].Header.End ? _units[low - 1] : null;
    }

    private static void AddUnit(
        DwarfSections sections, DwarfUnitHeader header, List<DwarfUnit> units, List<(ulong, ulong, int)> ranges,
        ConcurrentDictionary<ulong, AbbreviationTable> tables, ReadBudget abbreviationBudget, ReadBudget rangeBudget)
    {
        try
        {
            if (!tables.TryGetValue(header.AbbreviationsOffset, out var table))
                tables[header.AbbreviationsOffset] = table = AbbreviationTable.Read(sections, header.AbbreviationsOffset, abbreviationBudget);
            var unit = new DwarfUnit(sections, header, table);
            units.Add(unit);
            foreach (var range in unit.Ranges(rangeBudget))
                ranges.Add((range.Start, range.End, units.Count - 1));
        }
        catch (MalformedDataException exception)
        {
            sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
        }
    }
}
