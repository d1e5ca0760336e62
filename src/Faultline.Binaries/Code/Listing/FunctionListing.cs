using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Code.Listing;

/// <summary>The instructions of one function. Valid until <see cref="CodeListing.Read"/> is called again; not thread-safe.</summary>
public sealed class FunctionListing
{
    private const uint UnsafePointTable = 0;
    private const int SafeValue = -1;
    private const int UnsafeValue = -2;

    private readonly GoBinary binary;
    private readonly FunctionCode code;
    private readonly SymbolNames symbols;
    private readonly CheckFinder checkFinder;
    private readonly ValueFinder values;
    private readonly AssemblyText text = new();
    private readonly PcValueList files = new();
    private readonly PcValueList lines = new();
    private readonly PcValueList depths = new();
    private readonly PcValueList unsafePoints = new();
    private readonly Dictionary<int, string> fileNames = [];
    private FunctionRecord record;
    private bool hasRecord;
    private bool hasFoundChecks;
    private RuntimeCheck[] checks = [];

    internal FunctionListing(GoBinary binary, FunctionCode code, SymbolNames symbols)
    {
        this.binary = binary;
        this.code = code;
        this.symbols = symbols;
        checkFinder = new CheckFinder(symbols);
        values = new ValueFinder(binary);
    }

    public FuncInfo Function { get; private set; }

    /// <summary>The function's name as the linker has it, with the binary's own spelling where that has symbols.</summary>
    public string Name { get; private set; } = "";

    public int Count => code.Count;

    /// <summary>Bytes of the function that the file does not have.</summary>
    public ulong MissingSize { get; private set; }

    public ulong Address(int index) => code.StepAt(index).Address;

    /// <summary>The instruction as it lies in memory.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => code.BytesAt(index);

    /// <summary>False for bytes that are no instruction, or none that is known; their text is a data directive.</summary>
    public bool IsKnown(int index) => code.IsKnown(index);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<char> Text(int index)
    {
        text.Clear();
        code.WriteText(index, text);
        return text.Written;
    }

    /// <summary>File and line of the innermost inlined frame; an empty name and 0 when unknown.</summary>
    public (string File, int Line) Line(int index)
    {
        if (!hasRecord)
            return ("", 0);
        ulong address = Address(index);
        int file = files.At(address);
        if (!fileNames.TryGetValue(file, out string? name))
            fileNames.Add(file, name = binary.Pclntab!.FindFile(record, address));
        return (name, Math.Max(0, lines.At(address)));
    }

    /// <summary>All logical frames, innermost first.</summary>
    public IReadOnlyList<SourceFrame> Frames(int index) => binary.ExpandFrames(Function.Index, Address(index));

    /// <summary>Bytes that the stack pointer lies below its value at the function's entry; -1 when unknown.</summary>
    public int StackDepth(int index) => hasRecord ? depths.At(Address(index)) : PcValueTable.None;

    public Safepoint Safepoint(int index) => !hasRecord ? Listing.Safepoint.Unknown : unsafePoints.At(Address(index)) switch
    {
        SafeValue => Listing.Safepoint.Safe,
        UnsafeValue => Listing.Safepoint.Unsafe,
        < UnsafeValue => Listing.Safepoint.Restart,
        _ => Listing.Safepoint.Unknown,
    };

    /// <summary>Where a direct jump or call goes; 0 for other instructions.</summary>
    public ulong Target(int index) => code.StepAt(index).Target;

    /// <summary>The function at the start of which a direct jump or call arrives; null when it stays in the function or its target has no name.</summary>
    public string? TargetName(int index) => Target(index) is > 0 and var target && (target == Function.Entry || !IsInside(target)) ? symbols.At(target) : null;

    public bool IsCall(int index) => code.StepAt(index).Kind is StepKind.Call or StepKind.IndirectCall;

    public RuntimeCheck Check(int index)
    {
        if (!hasFoundChecks)
        {
            ReadOnlySpan<RuntimeCheck> found = checkFinder.Find(code);
            if (checks.Length < found.Length)
                checks = new RuntimeCheck[found.Length];
            found.CopyTo(checks);
            hasFoundChecks = true;
        }

        return checks[index];
    }

    public NamedValue Value(int index) => values.Find(code, index);

    /// <summary>Index of the instruction that holds an address; -1 when none does.</summary>
    public int IndexOf(ulong address) => code.IndexOf(address);

    /// <summary>Everything about one instruction, to be kept.</summary>
    public ListedInstruction Describe(int index) => new(
        Address(index), Address(index) - Function.Entry, Bytes(index).ToArray(), Text(index).ToString(), Frames(index), Target(index), TargetName(index), Check(index), Value(index))
    {
        IsCall = IsCall(index),
    };

    internal void Load(FuncInfo function)
    {
        Function = function;
        Name = symbols.At(function.Entry) ?? function.Name;
        ulong end = symbols.EndOf(function);
        int size = code.Load(function, end);
        MissingSize = end - function.Entry - Math.Min(end - function.Entry, (ulong)size);
        if (end == function.End)
            code.DropPadding();
        if (MissingSize > 0)
            binary.Elf.Log.Add("CODE0101", DiagnosticSeverity.Warning, offset: null, $"{MissingSize} bytes of the function at 0x{function.Entry:x} are not in the file; its listing ends before them");
        hasFoundChecks = false;
        fileNames.Clear();
        LoadTables(function);
    }

    private void LoadTables(FuncInfo function)
    {
        try
        {
            Pclntab table = binary.Pclntab!;
            record = table.GetRecord(function.Index);
            files.Load(table, record, record.FileTable);
            lines.Load(table, record, record.LineTable);
            depths.Load(table, record, record.StackDeltaTable);
            unsafePoints.Load(table, record, table.PcdataOffset(record, UnsafePointTable));
            hasRecord = true;
        }
        catch (MalformedDataException exception)
        {
            binary.Elf.Log.Add("GOSYM0103", DiagnosticSeverity.Warning, exception);
            hasRecord = false;
        }
    }

    private bool IsInside(ulong address) => address >= Function.Entry && address < Function.End;
}
