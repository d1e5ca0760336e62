using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>A row: the code from its address to that of the next row comes from this line. A row without file ends a sequence.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LineRow(ulong Address, uint File, uint Line, bool EndsSequence);

/// <summary>The line table of one unit, in address order. Immutable.</summary>
internal sealed class LineTable
{
    private readonly LineRow[] _rows;
    private readonly string[] _files;
    private readonly int _firstFile;

    private LineTable(LineRow[] rows, string[] files, int firstFile)
    {
        _rows = rows;
        _files = files;
        _firstFile = firstFile;
    }

    /// <exception cref="MalformedDataException">The header cannot be read. A program that breaks off gives the rows before.</exception>
    public static LineTable Read(DwarfUnit unit, ulong offset)
    {
        var cursor = unit.Sections.Cursor(unit.Sections.Line, LineProgram.Structure);
        cursor.Seek(offset);
        var header = LineProgramHeader.Read(unit, ref cursor);
        var rows = new List<LineRow>();
        try
        {
            LineProgram.Run(unit, header, cursor, rows);
        }
        catch (MalformedDataException exception)
        {
            unit.Sections.Log.Add("DWARF0103", DiagnosticSeverity.Warning, exception);
        }

        var sorted = rows.ToArray();
        // Sequences stand in any order; inside one the order of equal addresses matters, the last row counts.
        var keys = new (ulong Address, int Index)[sorted.Length];
        for (var index = 0; index < keys.Length; index++)
            keys[index] = (sorted[index].Address, index);
        Array.Sort(keys, sorted);
        return new LineTable(sorted, header.Files, header.FirstFile);
    }

    public string FileName(ulong number) =>
        number - (ulong)_firstFile < (ulong)_files.Length ? _files[number - (ulong)_firstFile] : "";

    /// <summary>The line at an address; false between sequences.</summary>
    public bool TryFind(ulong address, out LineRow row)
    {
        var (low, high) = (0, _rows.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rows[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        // A sequence may end where the next one begins: its end row is not the last word then.
        var index = low - 1;
        while (index > 0 && _rows[index].EndsSequence && _rows[index - 1].Address == _rows[index].Address)
            index--;
        row = index >= 0 ? _rows[index] : default;
        return index >= 0 && !row.EndsSequence;
    }
}
