using Faultline.Binaries.Code;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>
/// Finds false sharing in the code of a binary: writes to structs of known types, and the goroutines whose code leads to them. Not thread-safe.
/// </summary>
public sealed class SharingFinder
{
    private const string PaddingName = "_";
    private const int LongestInstruction = 15;

    private readonly ProgramCode _code;
    private readonly LayoutCatalog _catalog;
    private readonly int _lineSize;
    private readonly Lazy<Dictionary<string, List<(FieldWrite Write, long Offset)>>> _writes;
    private readonly Lazy<Dictionary<ulong, List<(string Type, long Offset)>>> _byAddress;
    private readonly Dictionary<ulong, IReadOnlyList<string>> _goroutines = [];

    /// <param name="code">The program's code.</param>
    /// <param name="catalog">Its types.</param>
    /// <param name="lineSize">Bytes of a cache line.</param>
    public SharingFinder(ProgramCode code, LayoutCatalog catalog, int lineSize)
    {
        (_code, _catalog, _lineSize) = (code, catalog, lineSize);
        _writes = new(Collect);
        _byAddress = new(() => _writes.Value.SelectMany(type => type.Value.Select(write => (write.Write.Address, Type: type.Key, write.Offset)))
            .GroupBy(write => write.Address).ToDictionary(same => same.Key, same => same.Select(write => (write.Type, write.Offset)).ToList()));
    }

    /// <summary>False where code is not followed, so that nothing is found: other architectures than amd64.</summary>
    public bool IsAvailable => _code.IsFollowed;

    /// <summary>What is known about a type; null when no field of it is known to be written.</summary>
    public FalseSharing? Find(StructShape shape)
    {
        if (!_writes.Value.TryGetValue(shape.Name, out var writes))
            return null;
        var fields = Fields(shape, writes);
        var placement = HeapPlacement.Of(shape.Size, shape.HasPointers, _code.Binary.BuildInfo?.Release ?? 0);
        var pairs = new List<SharedLine>();
        for (var first = 0; first < fields.Count; first++)
        {
            for (var second = first + 1; second < fields.Count; second++)
            {
                if (fields[first].IsApartFrom(fields[second]) && Shares(fields[first], fields[second], placement) is { } isFixed)
                    pairs.Add(new SharedLine(first, second, isFixed));
            }
        }

        return new FalseSharing(shape, fields, pairs, pairs.Count == 0 ? null : Part(shape, fields));
    }

    /// <summary>The field that an instruction writes, such as <c>main.counters.hits</c>; null when that is not known, or not one field.</summary>
    /// <param name="address">Link-time address of any of the instruction's bytes.</param>
    public string? FieldAt(ulong address)
    {
        for (var start = address; start + LongestInstruction > address && start > 0; start--)
        {
            if (!_byAddress.Value.TryGetValue(start, out var writes))
                continue;
            if (address - start >= LengthAt(start))
                return null;
            var names = writes.Select(write => (write.Type, Path: _catalog.Find(write.Type)?.PathAt(write.Offset) ?? []))
                .Where(write => write.Path.Count > 0)
                .Select(write => $"{write.Type}.{string.Join('.', write.Path.Select(part => part.Name))}")
                .Distinct(StringComparer.Ordinal).ToList();
            return names is [var only] ? only : null;
        }

        return null;
    }

    private ulong LengthAt(ulong address)
    {
        if (!_code.Binary.TryFindFunction(address, out var function))
            return 0;
        var decoder = new FunctionDecoder(_code.Binary);
        decoder.Start(function);
        decoder.MoveTo(address);
        return decoder.TryDecode(out var instruction) ? (ulong)instruction.Length : 0;
    }

    /// <summary>Every type of the program's own packages with fields that share, sorted by name.</summary>
    public IReadOnlyList<FalseSharing> FindAll()
    {
        var found = new List<FalseSharing>();
        foreach (var name in _writes.Value.Keys.Order(StringComparer.Ordinal))
        {
            if (!StandardLibrary.HasPackage(MethodSymbol.PackageOf(name)) && _catalog.Find(name) is { } shape && Find(shape) is { Pairs.Count: > 0 } sharing)
                found.Add(sharing);
        }

        return found;
    }

    /// <summary>True: in one line always. False: in one line for some starts of the object. Null: never.</summary>
    private bool? Shares(WrittenField first, WrittenField second, HeapPlacement placement)
    {
        if (placement.StartsAtLine(_lineSize))
            return (first.Offset + first.Size - 1) / _lineSize >= second.Offset / _lineSize ? true : null;
        return second.Offset - (first.Offset + first.Size - 1) < _lineSize ? false : null;
    }

    private List<WrittenField> Fields(StructShape shape, List<(FieldWrite Write, long Offset)> writes)
    {
        var byOffset = new SortedDictionary<long, (IReadOnlyList<LaidField> Path, long Size, List<FieldWrite> Writes)>();
        foreach (var (write, offset) in writes)
        {
            // A wide store changes all fields that it covers.
            for (var at = offset; at < offset + write.Size; at++)
            {
                var path = shape.PathAt(at);
                if (path.Count == 0)
                    continue;
                var start = StartOf(shape, path, at);
                if (!byOffset.TryGetValue(start, out var entry))
                    byOffset.Add(start, entry = (path, path[^1].Size, []));
                if (!entry.Writes.Contains(write))
                    entry.Writes.Add(write);
            }
        }

        return [.. byOffset.Select(entry => new WrittenField(entry.Value.Path, entry.Key, entry.Value.Size, Describe(entry.Value.Writes)))];
    }

    private static long StartOf(StructShape shape, IReadOnlyList<LaidField> path, long at)
    {
        var start = 0L;
        foreach (var part in path)
        {
            start += part.Offset;
            if (part is { Inner.Size: > 0, Count: > 1 })
                start += (at - start) / part.Inner.Size * part.Inner.Size;
        }

        return start;
    }

    /// <summary>One writer a line of a function.</summary>
    private FieldWriter[] Describe(List<FieldWrite> writes) =>
    [
        .. writes.Select(Describe).DistinctBy(writer => (writer.Function, writer.Place?.File, writer.Place?.Line, writer.IsAtomic)),
    ];

    private FieldWriter Describe(FieldWrite write)
    {
        _code.Binary.TryFindFunction(write.FunctionEntry, out var function);
        var frames = _code.Binary.ResolveFrames(write.Address);
        return new FieldWriter(function.Name, frames.FirstOrDefault(IsOfProgram) is { Line: > 0 } frame ? frame : frames is [{ Line: > 0 } innermost, ..] ? innermost : null,
            write.IsAtomic, GoroutinesOf(write.FunctionEntry));

        // An inlined lock or counter is written where the program calls it.
        static bool IsOfProgram(SourceFrame frame) => !StandardLibrary.HasFunction(frame.Function);
    }

    private IReadOnlyList<string> GoroutinesOf(ulong entry)
    {
        if (!_goroutines.TryGetValue(entry, out var names))
        {
            var (statements, isOnMain) = _code.GoroutinesRunning(entry);
            names =
            [
                .. statements.Select(NameOf).Concat(isOnMain ? ["main"] : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ];
            _goroutines.Add(entry, names);
        }

        return names;
    }

    /// <summary>The function that a goroutine starts in; with the line of the go statement where that says more than the name the compiler gave.</summary>
    private string NameOf(GoStatement statement)
    {
        var place = statement.Frames is [{ Line: > 0 } frame, ..] ? $" (go statement at {Path.GetFileName(frame.File)}:{frame.Line})" : "";
        if (statement.Entry == 0 || !_code.Binary.TryFindFunction(statement.Entry, out var function))
            return $"some goroutine of {statement.Creator.Name}{place}";
        return function.Name.Contains(".gowrap", StringComparison.Ordinal) || function.Name.Contains(".func", StringComparison.Ordinal) ? function.Name + place : function.Name;
    }

    private Dictionary<string, List<(FieldWrite Write, long Offset)>> Collect()
    {
        var found = new Dictionary<string, List<(FieldWrite, long)>>(StringComparer.Ordinal);
        var variables = new Lazy<(DwarfGlobal Variable, StructShape Shape)[]>(Variables);
        foreach (var write in _code.FieldWrites)
        {
            if (write.Type != 0)
            {
                if (_catalog.NameAt(write.Type) is { Length: > 0 } name)
                    Add(name, write, write.Offset);
            }
            else if (Holding(variables.Value, write.Variable) is { } holder)
            {
                Add(holder.Shape.Name, write, (long)(write.Variable - holder.Variable.Address));
            }
        }

        return found;

        void Add(string name, FieldWrite write, long offset)
        {
            if (!found.TryGetValue(name, out var list))
                found.Add(name, list = []);
            list.Add((write, offset));
        }
    }

    /// <summary>Package-level variables that are structs, by address; only DWARF says so.</summary>
    private (DwarfGlobal Variable, StructShape Shape)[] Variables() =>
    [
        .. (_code.Binary.Dwarf?.Globals ?? [])
            .Select(variable => (Variable: variable, Shape: _catalog.ReadDwarf(variable.TypePosition)))
            .Where(pair => pair.Shape is not null)
            .Select(pair => (pair.Variable, pair.Shape!))
            .OrderBy(pair => pair.Variable.Address),
    ];

    private static (DwarfGlobal Variable, StructShape Shape)? Holding((DwarfGlobal Variable, StructShape Shape)[] variables, ulong address)
    {
        var (low, high) = (0, variables.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (variables[middle].Variable.Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && address - variables[low - 1].Variable.Address < (ulong)variables[low - 1].Shape.Size ? variables[low - 1] : null;
    }

    /// <summary>
    /// Fields that the same goroutines write stay together; a line of padding goes between such groups, and before the first of them when other
    /// fields precede. That holds wherever the object starts.
    /// </summary>
    private FieldOrder? Part(StructShape shape, List<WrittenField> written)
    {
        var groups = shape.Fields
            .GroupBy(part => string.Join('\n', written.Where(field => ReferenceEquals(field.Path[0], part)).SelectMany(field => field.Goroutines).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), StringComparer.Ordinal)
            .OrderBy(group => group.Key.Length > 0)
            .ToArray();
        if (groups.Count(group => group.Key.Length > 0) < 2)
            return null;
        var fields = new List<LaidField>();
        foreach (var group in groups)
        {
            if (fields.Count > 0)
                fields.Add(new LaidField(PaddingName, $"[{_lineSize}]byte", 0, _lineSize, 1, IsEmbedded: false, HasPointers: false, Inner: null, _lineSize));
            fields.AddRange(group.OrderBy(part => part.Size == 0 ? 0 : 1).ThenByDescending(part => part.Alignment));
        }

        return FieldOrder.Lay(fields, shape.Alignment);
    }
}
