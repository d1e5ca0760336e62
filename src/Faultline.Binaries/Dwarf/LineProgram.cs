using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Runs the byte code that a line table is written in (DWARF 5, 6.2.5).</summary>
internal static class LineProgram
{
    public const string Structure = "DWARF line table";

    /// <summary>Appends the rows in the order of the program.</summary>
    /// <exception cref="MalformedDataException">The program breaks off.</exception>
    public static void Run(DwarfUnit unit, LineProgramHeader header, ByteCursor cursor, List<LineRow> rows)
    {
        var (address, file, line) = (0UL, 1U, 1U);
        cursor.Seek((ulong)header.ProgramStart);
        while (cursor.Position < header.ProgramEnd)
        {
            if (rows.Count >= ReadLimits.LineRowCount)
                Throw.Malformed(unit.Sections.Path, cursor.Offset, Structure, $"it has more than {ReadLimits.LineRowCount} rows");
            int code = cursor.ReadByte();
            if (code >= header.OpcodeBase)
            {
                var step = code - header.OpcodeBase;
                address += (ulong)(step / header.LineRange * header.MinimumInstructionSize);
                line += (uint)(header.LineBase + (step % header.LineRange));
                rows.Add(new LineRow(address, file, line, EndsSequence: false));
                continue;
            }

            switch (code)
            {
                case 0:
                    RunExtended(unit, ref cursor, rows, ref address, ref file, ref line);
                    break;
                case 1:
                    rows.Add(new LineRow(address, file, line, EndsSequence: false));
                    break;
                case 2:
                    address += cursor.ReadUvarint() * (ulong)header.MinimumInstructionSize;
                    break;
                case 3:
                    line += (uint)cursor.ReadSvarint();
                    break;
                case 4:
                    file = (uint)cursor.ReadUvarint();
                    break;
                case 8:
                    address += (ulong)((255 - header.OpcodeBase) / header.LineRange * header.MinimumInstructionSize);
                    break;
                case 9:
                    address += cursor.ReadUInt16();
                    break;
                default:
                    // Column, statement marks, prologue marks, and codes of later versions: only their operands matter.
                    for (var count = header.OperandCounts[code - 1]; count > 0; count--)
                        cursor.ReadUvarint();
                    break;
            }
        }
    }

    private static void RunExtended(DwarfUnit unit, ref ByteCursor cursor, List<LineRow> rows, ref ulong address, ref uint file, ref uint line)
    {
        var size = cursor.ReadUvarint();
        if (size == 0)
            return;
        var end = (ulong)cursor.Position + size;
        switch (cursor.ReadByte())
        {
            case 1:
                rows.Add(new LineRow(address, 0, 0, EndsSequence: true));
                (address, file, line) = (0, 1, 1);
                break;
            case 2:
                address = cursor.ReadUnsigned((int)Math.Min(size - 1, (ulong)unit.Header.AddressSize));
                break;
        }

        cursor.Seek(end);
    }
}
