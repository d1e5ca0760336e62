using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Go's table of functions, files and lines. Everything stays in the mapped file: a function is a row index, and a row's fields are
/// read where they lie. Immutable and thread-safe.
/// </summary>
internal sealed class Pclntab
{
    private const string Structure = "pclntab";
    private const uint NoFile = uint.MaxValue;

    private readonly MappedFile _file;
    private readonly long _offset;
    private readonly int _size;
    private readonly PclntabHeader _header;
    private readonly PclntabLayout _layout;
    private readonly PcValueMarks _marks = new();

    // Room for what a large batch asks for: growing step by step costs more than the table.
    private readonly ConcurrentDictionary<int, string> _strings = new(concurrencyLevel: 2, capacity: 8191);

    /// <param name="otherwise">The layout to assume if the magic is unknown; null refuses it.</param>
    public Pclntab(MappedFile file, long offset, int size, ulong address, PclntabLayout? otherwise = null)
    {
        _file = file;
        _offset = offset;
        _size = size;
        Address = address;
        _header = PclntabHeader.Parse(Bytes, file.Path, offset, otherwise);
        _layout = _header.Layout;
    }

    private Pclntab(Pclntab table, ulong textStart)
    {
        _file = table._file;
        _offset = table._offset;
        _size = table._size;
        Address = table.Address;
        TextStart = textStart;
        _header = table._header;
        _layout = table._layout;
    }

    /// <summary>Link-time address of the header.</summary>
    public ulong Address { get; }

    /// <summary>Address that function entries are relative to; 0 in formats with absolute ones.</summary>
    public ulong TextStart { get; }

    public int FunctionCount => _header.FunctionCount;

    public PclntabHeader Header => _header;

    public PclntabLayout Layout => _layout;

    private ReadOnlySpan<byte> Bytes => _file.Slice(_offset, _size, Structure);

    private ReadOnlySpan<byte> Pctab => Bytes[_header.PctabOffset.._header.PclnOffset];

    /// <summary>The same table with the address that its entries are relative to.</summary>
    public Pclntab At(ulong textStart) => new(this, textStart);

    public ulong EntryOf(int index) => ReadRow(index, column: 0) + TextStart;

    /// <summary>End of the function, which is the entry of the next one.</summary>
    public ulong EndOf(int index) => ReadRow(index + 1, column: 0) + TextStart;

    /// <summary>The function whose code holds an address.</summary>
    public bool TryFindIndex(ulong address, out int index)
    {
        index = -1;
        if (address < EntryOf(0) || address >= EndOf(FunctionCount - 1))
            return false;
        var wanted = address - TextStart;
        var rows = Bytes[_header.PclnOffset..];
        var (low, high) = (0, FunctionCount);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (EntryIn(rows, middle) <= wanted)
                low = middle;
            else
                high = middle;
        }

        index = low;
        return true;
    }

    /// <exception cref="MalformedDataException">The record lies outside the table.</exception>
    public FunctionRecord GetRecord(int index)
    {
        var at = FindRecord(index);
        var cursor = new ByteCursor(Bytes[at..], _file.Path, "_func record", _offset + at);
        cursor.Skip(_layout.ProgramCounterSize);
        var nameOffset = cursor.ReadUInt32();
        cursor.Skip(8);
        var stackDelta = cursor.ReadUInt32();
        var file = cursor.ReadUInt32();
        var line = cursor.ReadUInt32();
        var pcdataCount = cursor.ReadUInt32();
        var unit = cursor.ReadUInt32();
        var startLine = _layout.HasStartLine ? cursor.ReadInt32() : 0;
        var id = cursor.ReadByte();
        var flags = cursor.ReadByte();
        cursor.Skip(1);
        int funcdataCount = cursor.ReadByte();
        return new FunctionRecord(
            EntryOf(index), nameOffset, stackDelta, file, line, unit, startLine, id, flags, pcdataCount, funcdataCount, at + cursor.Position);
    }

    /// <summary>Offset of a function's name, without decoding the rest of its record.</summary>
    /// <exception cref="MalformedDataException">The record lies outside the table.</exception>
    public uint GetNameOffset(int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(Bytes[(FindRecord(index) + _layout.ProgramCounterSize)..]);

    public ReadOnlySpan<byte> GetNameBytes(int index) =>
        ReadString(_header.FuncnameOffset, _header.CuOffset, GetNameOffset(index));

    /// <summary>A function name, interned per table.</summary>
    public string GetName(uint nameOffset) => Intern(_header.FuncnameOffset, _header.CuOffset, nameOffset);

    public int FindLine(in FunctionRecord record, ulong address) => Math.Max(0, FindValue(record.LineTable, record, address));

    /// <summary>The source file at an address; empty when the tables have none.</summary>
    public string FindFile(in FunctionRecord record, ulong address)
    {
        var nameOffset = FileOffset(record, FindValue(record.FileTable, record, address));
        return nameOffset == NoFile ? "" : Intern(_header.FiletabOffset, _header.PctabOffset, nameOffset);
    }

    /// <summary>The runs of one of a function's tables.</summary>
    public PcValueRuns Runs(in FunctionRecord record, uint tableOffset) => new(Pctab, tableOffset, record.Entry, _header.Quantum);

    /// <summary>Where the name of a function's n-th file lies in the file table; <see cref="uint.MaxValue"/> when there is none.</summary>
    public uint FileOffset(in FunctionRecord record, int number)
    {
        var row = _header.CuOffset + (4 * ((long)record.UnitOffset + number));
        return number < 0 || row + 4 > _header.FiletabOffset ? NoFile : BinaryPrimitives.ReadUInt32LittleEndian(Bytes[(int)row..]);
    }

    /// <summary>The files whose path is the given one or ends with it after a slash, by their offset in the file table.</summary>
    public HashSet<uint> FindFiles(string path)
    {
        var found = new HashSet<uint>();
        var wanted = Encoding.UTF8.GetBytes(path);
        var files = Bytes[_header.FiletabOffset.._header.PctabOffset];
        for (var at = 0; at < files.Length;)
        {
            var size = files[at..].IndexOf((byte)0);
            if (size < 0)
                break;
            var name = files.Slice(at, size);
            if (size > 0 && name.EndsWith(wanted) && (name.Length == wanted.Length || name[^(wanted.Length + 1)] == (byte)'/'))
                found.Add((uint)at);
            at += size + 1;
        }

        return found;
    }

    /// <summary>How far the stack pointer lies below its value at function entry; -1 when unknown.</summary>
    public int FindStackDelta(in FunctionRecord record, ulong address) => FindValue(record.StackDeltaTable, record, address);

    /// <summary>The value of a PCDATA table at an address; -1 when there is none.</summary>
    public int FindPcdata(in FunctionRecord record, uint table, ulong address) => FindValue(PcdataOffset(record, table), record, address);

    /// <summary>Where a PCDATA table starts; 0 when the function has none.</summary>
    public uint PcdataOffset(in FunctionRecord record, uint table)
    {
        if (table >= record.PcdataCount)
            return 0;
        var row = record.PcdataPosition + (4 * (long)table);
        return row + 4 > _size ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(Bytes[(int)row..]);
    }

    /// <summary>The raw word of a FUNCDATA slot: an offset from <c>moduledata.gofunc</c>, or the link-time address of the pointer to follow.</summary>
    public bool TryGetFuncdata(in FunctionRecord record, int table, out ulong value)
    {
        value = 0;
        if (table >= record.FuncdataCount)
            return false;
        var start = record.PcdataPosition + (4 * (long)record.PcdataCount);
        if (_layout.FuncdataArePointers)
        {
            // The pointers are aligned in memory; the table itself is.
            value = Address + (ulong)((start + 7) & ~7) + (8 * (ulong)table);
            return true;
        }

        var row = start + (4 * table);
        if (row + 4 > _size)
            return false;
        value = BinaryPrimitives.ReadUInt32LittleEndian(Bytes[(int)row..]);
        return value != uint.MaxValue;
    }

    private int FindRecord(int index)
    {
        var position = (ulong)_header.PclnOffset + ReadRow(index, column: 1);
        if (position > (ulong)(_size - _layout.FuncSize))
            Throw.Malformed(_file.Path, _offset, "_func record", $"function {index} lies outside the table");
        return (int)position;
    }

    private int FindValue(uint table, in FunctionRecord record, ulong address) =>
        _marks.Find(Pctab, table, (address - record.Entry) / (uint)_header.Quantum);

    /// <summary>Rows are pairs (entry, record offset); after the last one stands the end of the code alone.</summary>
    private ulong ReadRow(int index, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, FunctionCount);
        var size = _layout.ProgramCounterSize;
        var cell = Bytes.Slice(_header.PclnOffset + (((2 * index) + column) * size), size);
        return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(cell) : BinaryPrimitives.ReadUInt64LittleEndian(cell);
    }

    private ulong EntryIn(ReadOnlySpan<byte> rows, int index) => _layout.ProgramCounterSize == 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(rows[(8 * index)..])
        : BinaryPrimitives.ReadUInt64LittleEndian(rows[(16 * index)..]);

    private string Intern(int start, int end, uint offset)
    {
        var key = start + (long)offset;
        if (key >= end)
            return "";
        if (_strings.TryGetValue((int)key, out var known))
            return known;
        return _strings.GetOrAdd((int)key, Encoding.UTF8.GetString(ReadString(start, end, offset)));
    }

    private ReadOnlySpan<byte> ReadString(int start, int end, uint offset)
    {
        var from = start + (long)offset;
        if (from >= end)
            return default;
        var bytes = Bytes[(int)from..(int)Math.Min(end, from + ReadLimits.NameSize)];
        var terminator = bytes.IndexOf((byte)0);
        return terminator < 0 ? default : bytes[..terminator];
    }
}
