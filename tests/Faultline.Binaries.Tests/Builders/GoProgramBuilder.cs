using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Tests.Builders;

/// <summary>
/// A made-up Go program of two functions in one segment, without section headers, in any generation of the pclntab format:
/// <c>main.main</c> (offsets 0x00-0x80) has <c>main.leaf</c> inlined at 0x20-0x40 into
/// <c>main.middle</c>, which is inlined at 0x40-0x50; <c>main.other</c> is 0x80-0x100.
/// </summary>
public sealed class GoProgramBuilder(uint magic)
{
    public const ulong Base = 0x400000;
    public const ulong Text = Base + 0x1000;

    private const int TableOffset = 0x2000;
    private const int TreeOffset = 0x3000;
    private const int ModuleOffset = 0x4000;
    private const int TypesOffset = 0x5000;
    private const int ImageSize = 0x6000;

    private readonly PclntabLayout _layout = PclntabLayout.Find(magic)!;

    public ElfBuilder Elf { get; } = new();

    public static string[] Names { get; } = ["main.main", "main.other", "main.leaf", "main.middle"];

    public static string[] Files { get; } = ["/src/main.go", "/src/leaf.go"];

    public ElfBuilder Build()
    {
        var image = Elf.Image;
        image.PutByte(ImageSize - 1, 0);
        Elf.Segment(1, 0, Base, ImageSize);

        // The five tables, each in a generous slot of its own.
        var (names, units, files, values, functions) = (0x80, 0x200, 0x240, 0x300, 0x400);
        image.PutUInt32(TableOffset, _layout.Magic).PutByte(TableOffset + 6, 1).PutByte(TableOffset + 7, 8)
            .PutUInt64(TableOffset + 8, 2).PutUInt64(TableOffset + 16, 2);
        foreach (var (index, start) in new[] { names, units, files, values, functions }.Index())
            image.PutUInt64(TableOffset + _layout.TableOffsets + (8 * index), (ulong)start);

        var nameOffsets = PutStrings(TableOffset + names, Names);
        var fileOffsets = PutStrings(TableOffset + files, Files);
        foreach (var (index, offset) in fileOffsets.Index())
            image.PutUInt32(TableOffset + units + (4 * index), offset);

        // Values start at -1, steps are (zigzag value delta, address delta); the tables begin after one unused byte.
        var table = TableOffset + values;
        const int lines = 1;
        const int sources = 16;
        const int tree = 32;
        const int stack = 48;
        image.Put(table + lines, [Delta(11), 0x20, Delta(40), 0x20, Delta(-30), 0x10, Delta(10), 0x30, 0])
            .Put(table + sources, [Delta(1), 0x20, Delta(1), 0x20, Delta(-1), 0x40, 0])
            .Put(table + tree, [Delta(0), 0x20, Delta(2), 0x20, Delta(-1), 0x10, Delta(-1), 0x30, 0])
            .Put(table + stack, [Delta(1), 0x08, Delta(48), 0x78, 0]);

        PutFunction(functions, 0, 0x200, nameOffsets[0], (stack, sources, lines, tree));
        PutFunction(functions, 1, 0x300, nameOffsets[1], (stack, sources, lines, 0));
        image.PutWord(TableOffset + functions + (4 * _layout.ProgramCounterSize), _layout.ProgramCounterSize, Pc(0x100));

        // Entry 0: middle, called by main at 0x60; entry 1: leaf, called at 0x45, which belongs to entry 0.
        PutTreeEntry(0, nameOffsets[3], 0x60);
        PutTreeEntry(1, nameOffsets[2], 0x45);
        PutModule(names);
        return Elf;
    }

    private void PutFunction(int functions, int index, int at, int name, (int Stack, int Source, int Line, int Tree) tables)
    {
        var size = _layout.ProgramCounterSize;
        var entry = Pc(0x80 * (uint)index);
        var row = TableOffset + functions + (2 * index * size);
        var record = TableOffset + functions + at;
        Elf.Image.PutWord(row, size, entry).PutWord(row + size, size, (ulong)at).PutWord(record, size, entry)
            .PutUInt32(record + size, name).PutUInt32(record + size + 12, tables.Stack).PutUInt32(record + size + 16, tables.Source)
            .PutUInt32(record + size + 20, tables.Line).PutUInt32(record + size + 24, 3)
            .PutByte(record + _layout.FuncSize - 1, tables.Tree == 0 ? (byte)0 : (byte)4);
        var pcdata = record + _layout.FuncSize;
        Elf.Image.PutUInt32(pcdata + 8, tables.Tree);
        if (tables.Tree == 0)
            return;
        var funcdata = pcdata + 12;
        if (_layout.FuncdataArePointers)
            Elf.Image.PutUInt64(((funcdata + 7) & ~7) + 24, Base + TreeOffset);
        else
            Elf.Image.Put(funcdata, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).PutUInt32(funcdata + 12, 0);
    }

    private void PutTreeEntry(int index, int name, int parent)
    {
        var at = TreeOffset + (index * _layout.InlineEntrySize);
        Elf.Image.PutUInt32(at + _layout.InlineNameField, name).PutUInt32(at + _layout.InlineParentPcField, parent);
    }

    private void PutModule(int names)
    {
        var layout = ModuledataLayout.All.First(candidate => candidate.FirstRelease <= _layout.FirstRelease);
        Elf.Image.PutUInt64(ModuleOffset, Base + TableOffset).PutUInt64(ModuleOffset + 8, Base + TableOffset + (ulong)names)
            .PutUInt64(ModuleOffset + ModuledataLayout.Text, Text).PutUInt64(ModuleOffset + ModuledataLayout.EndOfText, Text + 0x100)
            .PutUInt64(ModuleOffset + layout.Types, Base + TypesOffset).PutUInt64(ModuleOffset + layout.EndOfTypes, Base + TypesOffset + 0x800)
            .PutUInt64(ModuleOffset + layout.TextSections + 8, 1);
        if (layout.FunctionData != 0)
            Elf.Image.PutUInt64(ModuleOffset + layout.FunctionData, Base + TreeOffset);
    }

    private List<int> PutStrings(int start, string[] texts)
    {
        var offsets = new List<int>();
        var at = 1;
        foreach (var text in texts)
        {
            offsets.Add(at);
            Elf.Image.PutText(start + at, text);
            at += text.Length + 1;
        }

        return offsets;
    }

    private ulong Pc(uint offset) => _layout.TextStartField == 0 ? Text + offset : offset;

    /// <summary>A signed step in the zigzag form; steps of up to 63 fit one byte.</summary>
    private static byte Delta(int step) => (byte)((step << 1) ^ (step >> 31));
}
