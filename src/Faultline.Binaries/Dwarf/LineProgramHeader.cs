using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>The header of a line number program (DWARF 5, 6.2.4; versions 2 to 4 differ in the file tables).</summary>
internal sealed record LineProgramHeader
{
    private const string Structure = LineProgram.Structure;
    private const int PathContent = 1;
    private const int FolderContent = 2;

    /// <summary>Paths with their folders.</summary>
    public string[] Files { get; private init; } = [];

    /// <summary>Number of the first file: 1 through DWARF 4, 0 since.</summary>
    public int FirstFile { get; private init; }

    public int MinimumInstructionSize { get; private init; }

    public int LineBase { get; private init; }

    public int LineRange { get; private init; }

    public int OpcodeBase { get; private init; }

    public byte[] OperandCounts { get; private init; } = [];

    /// <summary>Positions of the program in <c>.debug_line</c>.</summary>
    public int ProgramStart { get; private init; }

    public int ProgramEnd { get; private init; }

    public static LineProgramHeader Read(DwarfUnit unit, ref ByteCursor cursor)
    {
        var source = unit.Sections.Path;
        ulong size = cursor.ReadUInt32();
        var offsetSize = 4;
        if (size == 0xffffffff)
        {
            size = cursor.ReadUInt64();
            offsetSize = 8;
        }

        if (size > (ulong)cursor.Remaining)
            Throw.Malformed(source, cursor.Offset, Structure, $"its {size} bytes reach past the {cursor.Remaining} that are left");
        var end = cursor.Position + (int)size;
        int version = cursor.ReadUInt16();
        if (version is < 2 or > 5)
            Throw.Malformed(source, cursor.Offset - 2, Structure, $"the version {version} is unknown");
        if (version >= 5)
            cursor.Skip(2);
        var headerSize = cursor.ReadUnsigned(offsetSize);
        if (headerSize > (ulong)(end - cursor.Position))
            Throw.Malformed(source, cursor.Offset, Structure, $"its header of {headerSize} bytes does not fit");
        var start = cursor.Position + (int)headerSize;
        int minimum = cursor.ReadByte();
        if (version >= 4)
            cursor.Skip(1);
        cursor.Skip(1);
        var lineBase = (sbyte)cursor.ReadByte();
        int lineRange = cursor.ReadByte();
        int opcodeBase = cursor.ReadByte();
        if (lineRange == 0 || opcodeBase == 0)
            Throw.Malformed(source, cursor.Offset, Structure, "its line range or its opcode base is 0");
        var operands = cursor.ReadBytes(opcodeBase - 1).ToArray();
        return new LineProgramHeader
        {
            Files = version >= 5 ? ReadFiles(unit, ref cursor, offsetSize) : ReadOldFiles(unit, ref cursor),
            FirstFile = version >= 5 ? 0 : 1,
            MinimumInstructionSize = minimum,
            LineBase = lineBase,
            LineRange = lineRange,
            OpcodeBase = opcodeBase,
            OperandCounts = operands,
            ProgramStart = start,
            ProgramEnd = end,
        };
    }

    private static string[] ReadOldFiles(DwarfUnit unit, ref ByteCursor cursor)
    {
        var folders = new List<string> { unit.Folder };
        while (cursor.ReadTerminated() is { IsEmpty: false } folder)
            Add(unit, folders, Join(unit.Folder, Encoding.UTF8.GetString(folder)));
        var files = new List<string>();
        while (cursor.ReadTerminated() is { IsEmpty: false } name)
        {
            var folder = cursor.ReadUvarint();
            cursor.ReadUvarint();
            cursor.ReadUvarint();
            Add(unit, files, Join(folder < (ulong)folders.Count ? folders[(int)folder] : "", Encoding.UTF8.GetString(name)));
        }

        return [.. files];
    }

    private static string[] ReadFiles(DwarfUnit unit, ref ByteCursor cursor, int offsetSize)
    {
        var folders = new List<string>();
        foreach (var (path, _) in ReadEntries(unit, ref cursor, offsetSize))
            folders.Add(folders.Count == 0 ? path : Join(folders[0], path));
        var files = new List<string>();
        foreach (var (path, folder) in ReadEntries(unit, ref cursor, offsetSize))
            files.Add(Join(folder < (ulong)folders.Count ? folders[(int)folder] : "", path));
        return [.. files];
    }

    private static List<(string Path, ulong Folder)> ReadEntries(DwarfUnit unit, ref ByteCursor cursor, int offsetSize)
    {
        int formatCount = cursor.ReadByte();
        var formats = new (ulong Content, DwarfForm Form)[formatCount];
        foreach (ref var format in formats.AsSpan())
            format = (cursor.ReadUvarint(), (DwarfForm)cursor.ReadUvarint());
        var count = cursor.ReadUvarint();
        if (count > ReadLimits.UnitFileCount || (formatCount == 0 && count > 0))
            Throw.Malformed(unit.Sections.Path, cursor.Offset, Structure, $"{count} files or folders are above the limit of {ReadLimits.UnitFileCount}");
        var entries = new List<(string, ulong)>();
        for (var index = 0UL; index < count; index++)
        {
            var (path, folder) = ("", 0UL);
            foreach (var (content, form) in formats)
            {
                var (number, text) = ReadContent(unit, ref cursor, form, offsetSize);
                if (content == PathContent)
                    path = text;
                else if (content == FolderContent)
                    folder = number;
            }

            entries.Add((path, folder));
        }

        return entries;
    }

    private static (ulong Number, string Text) ReadContent(DwarfUnit unit, ref ByteCursor cursor, DwarfForm form, int offsetSize)
    {
        switch (form)
        {
            case DwarfForm.String:
                return (0, Encoding.UTF8.GetString(cursor.ReadTerminated()));
            case DwarfForm.LineStringPointer or DwarfForm.StringPointer:
                return (0, unit.Text(new DwarfValue(form, cursor.ReadUnsigned(offsetSize), 0, 0)));
            case DwarfForm.StringIndex:
                return (0, unit.Text(new DwarfValue(form, cursor.ReadUvarint(), 0, 0)));
            case DwarfForm.UnsignedData:
                return (cursor.ReadUvarint(), "");
            case DwarfForm.Data1:
                return (cursor.ReadByte(), "");
            case DwarfForm.Data2:
                return (cursor.ReadUInt16(), "");
            case DwarfForm.Data4:
                return (cursor.ReadUInt32(), "");
            case DwarfForm.Data8:
                return (cursor.ReadUInt64(), "");
            case DwarfForm.Data16:
                cursor.Skip(16);
                return (0, "");
            case DwarfForm.Block:
                cursor.Skip((int)Math.Min(cursor.ReadUvarint(), int.MaxValue));
                return (0, "");
            default:
                Throw.Malformed(unit.Sections.Path, cursor.Offset, Structure, $"its file table uses the form 0x{(int)form:x}");
                return default;
        }
    }

    private static string Join(string folder, string name) =>
        folder.Length == 0 || name.StartsWith('/') ? name : folder.EndsWith('/') ? folder + name : $"{folder}/{name}";

    private static void Add(DwarfUnit unit, List<string> list, string item)
    {
        if (list.Count >= ReadLimits.UnitFileCount)
            Throw.Malformed(unit.Sections.Path, 0, Structure, $"it has more than {ReadLimits.UnitFileCount} files or folders");
        list.Add(item);
    }
}
