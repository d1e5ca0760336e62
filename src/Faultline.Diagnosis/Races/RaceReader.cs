using Faultline.Binaries.Elf;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>Explains one report after the other.</summary>
internal sealed class RaceReader(ProgramImage image, IReadOnlyList<SliceSpan> slices, VariableEscapes escapes, RaceHeaders? headers = null, IReadOnlyList<RecordedHeaders>? recorded = null)
{
    private readonly LostFrame _lost = new(image);

    public RaceFinding Read(LogOrigin log, RaceGroup group, RacePlace place)
    {
        var report = place.Example;
        var sides = report.Accesses.Take(2).Select(access => ReadSide(report, access)).ToList();
        Name(sides);
        var address = AddressOf(sides);
        var block = report.Location is { Variable: "" } location ? (location.Address, location.Size) : ((ulong, ulong)?)null;
        var isElement = address is not null && !sides.Exists(side => RaceOperations.IsWholeObject(side.Operation));
        var found = isElement ? FindHeaders(log, report, address!.Value) : null;
        if (found is { Slices.Count: > 0 })
            NameBySlices(sides, found.Slices);
        var array = isElement ? SharedArray.Find(address!.Value, [.. slices, .. found?.Slices ?? []], block ?? found?.Block) : null;
        var variable = VariableOf(sides, address, report.Location);
        return new RaceFinding
        {
            Log = log,
            Group = group,
            Place = place,
            Sides = sides,
            Address = address,
            Variable = variable,
            Array = array,
            Used = array is null ? [] : UsedSlices(sides, array),
            Escapes = escapes.Find([.. sides.Select(UseOf)]),
            Run = found is { Slices.Count: 0 } && variable?.Offset is not null ? null : found?.Run,
            Missing = RaceMissing.List(log, report, sides, array, variable?.Offset is not null, recorded?.FirstOrDefault(recording => recording.IsOf(log)), image),
        };
    }

    /// <summary>Headers that were recorded at these very accesses come before those that memory holds later.</summary>
    private RaceHeaderSet? FindHeaders(LogOrigin log, RaceReport report, ulong address)
    {
        RaceHeaderSet? refused = null;
        foreach (var recording in recorded ?? [])
        {
            var found = recording.Find(log, report);
            if (found.Slices.Count > 0)
                return found;
            refused ??= found;
        }

        return headers?.Find(log, report, address) is { } held && (held.Slices.Count > 0 || refused is null) ? held : refused;
    }

    private static VariableUse UseOf(RaceSideReading side, int index)
    {
        var started = side.CreatedFrames.FirstOrDefault(frame => !frame.IsRuntime);
        return new VariableUse(
            index,
            VariableUse.RootOf(side.Variable ?? ""),
            side.Function,
            side.File,
            side.Line,
            [side.Function, .. side.Frames.Select(frame => frame.Function)],
            started is null ? null : (started.File, started.Line));
    }

    private RaceSideReading ReadSide(RaceReport report, RaceAccess access)
    {
        var goroutine = report.GoroutineOf(access);
        var operation = RaceOperations.Of(access.IsWrite, [.. access.Stack.Frames.Select(frame => frame.Function)]);
        var user = access.Stack.UserFrame;
        var isLost = access.Stack.MayLackFrame && _lost.IsMissing(access.Stack) != false && !IsAtHand(access.Stack);
        var candidates = isLost ? CandidatesFor(access.Stack, goroutine, user) : [];
        var only = image.Code is not null && candidates is [var one] ? one : null;
        var file = isLost ? only?.File ?? "" : image.Sources.Map(user?.File ?? "");
        var line = isLost ? only?.Line ?? 0 : user?.Line ?? 0;
        return new RaceSideReading
        {
            Access = access,
            Operation = operation,
            Function = isLost ? only?.Function ?? "" : user?.Function ?? "",
            File = file,
            Line = line,
            IsFrameLost = isLost,
            IsInferred = only is not null,
            Candidates = only is null ? candidates : [],
            Expression = Neutral(operation),
            Basis = ExpressionBasis.Operation,
            SourceLine = image.Sources.ReadLine(file, line),
            Goroutine = goroutine,
            Frames = FramesOf(access.Stack),
            CreatedFrames = FramesOf(goroutine?.Created ?? RaceStack.Empty),
        };
    }

    /// <summary>Lines for a frame that is missing; where nothing tells whether it is, the printed one is among them.</summary>
    private IReadOnlyList<LostLine> CandidatesFor(RaceStack stack, RaceGoroutine? goroutine, RaceFrame? printed)
        => image.Code is not null ? _lost.Find(stack, goroutine)
            : printed is not null && !stack.Frames[0].Function.StartsWith("runtime.map", StringComparison.Ordinal) ? [new LostLine(printed.Function, image.Sources.Map(printed.File), printed.Line)]
            : [];

    /// <summary>Without a binary that shows the call, the source line below the runtime's frames may: it holds what was done.</summary>
    private bool IsAtHand(RaceStack stack)
    {
        if (_lost.IsMissing(stack) is not null || stack.UserFrame is not { } frame)
            return false;
        if (image.Sources.ReadLine(image.Sources.Map(frame.File), frame.Line) is not { } line)
            return false;
        var inner = stack.Frames[0].Function;
        if (inner.StartsWith("runtime.map", StringComparison.Ordinal))
            return SourceOperands.Of(line).Any(operand => operand.IsIndexed);
        return inner.StartsWith("sync/atomic.", StringComparison.Ordinal)
            ? line.Contains(inner["sync/".Length..] + "(", StringComparison.Ordinal)
            : line.Contains(".Add(", StringComparison.Ordinal) || line.Contains(".Wait(", StringComparison.Ordinal) || line.Contains(".Go(", StringComparison.Ordinal);
    }

    private IReadOnlyList<AccessFrame> FramesOf(RaceStack stack)
        => [.. stack.Frames.Select(frame => new AccessFrame(frame.Function, image.Sources.Map(frame.File), frame.Line, null, Inlined: false, GoPackage.IsRuntime(frame.Function), IsExactPc: false))];

    /// <summary>Gives the sides the operands of their source lines, both at once: what collided is on both.</summary>
    private static void Name(List<RaceSideReading> sides)
    {
        var operands = sides.ConvertAll(OperandsOf);
        var (first, second) = sides.Count switch
        {
            2 => OperandChoice.Choose(sides[0].Operation, operands[0], sides[1].Operation, operands[1]),
            1 => OperandChoice.Choose(sides[0].Operation, operands[0], sides[0].Operation, []),
            _ => default,
        };
        for (var i = 0; i < sides.Count; i++)
        {
            if ((i == 0 ? first : second) is { } operand)
                sides[i] = sides[i] with { Expression = Form(sides[i], operand), Basis = ExpressionBasis.Source, Variable = operand.Path };
        }
    }

    private static IReadOnlyList<SourceOperand> OperandsOf(RaceSideReading side) => side.SourceLine is { } line ? SourceOperands.Of(line) : [];

    /// <summary>A side whose line has an operand by the name of a slice that holds the address touched that one, whatever else fits.</summary>
    private static void NameBySlices(List<RaceSideReading> sides, IReadOnlyList<SliceSpan> slices)
    {
        for (var i = 0; i < sides.Count; i++)
        {
            var side = sides[i];
            var index = i;
            var own = slices.Where(slice => (slice.Side ?? index) == index).ToList();
            if (own.Exists(slice => Names(slice.Name, side.Variable)))
                continue;
            if (OperandsOf(side).FirstOrDefault(operand => own.Exists(slice => Names(slice.Name, operand.Path))) is { } operand)
                sides[i] = side with { Expression = Form(side, operand), Basis = ExpressionBasis.Source, Variable = operand.Path };
        }
    }

    private static string Form(RaceSideReading side, SourceOperand operand) => side.Operation switch
    {
        RaceOperation.Read or RaceOperation.Write when operand.Call.StartsWith("unsafe.", StringComparison.Ordinal) => $"unsafe access from {operand.Text}",
        RaceOperation.Read when operand.Call == "range" => $"range {operand.Text}",
        RaceOperation.MapDelete => $"delete({operand.Text}, …)",
        RaceOperation.MapClear => $"clear({operand.Text})",
        RaceOperation.MapIterate => $"range {operand.Text}",
        RaceOperation.ChanSend => $"{operand.Text} <- …",
        RaceOperation.ChanReceive => $"<-{operand.Text}",
        RaceOperation.ChanClose => $"close({operand.Text})",
        RaceOperation.CopyTo => $"copy({operand.Text}, …)",
        RaceOperation.CopyFrom => $"copy(…, {operand.Text})",
        RaceOperation.AppendGrow => $"append({operand.Text}, …)",
        RaceOperation.Convert => $"string({operand.Text})",
        RaceOperation.Write when operand is { Call: "append", ArgumentIndex: 0 } => $"append({operand.Text}, …)",
        _ => operand.Text,
    };

    private static string Neutral(RaceOperation operation) => operation switch
    {
        RaceOperation.MapRead => "m[key]",
        RaceOperation.MapWrite => "m[key] = value",
        RaceOperation.MapDelete => "delete(m, key)",
        RaceOperation.MapIterate => "range m",
        RaceOperation.MapClear => "clear(m)",
        RaceOperation.MapClone => "maps.Clone(m)",
        RaceOperation.ChanSend => "ch <- value",
        RaceOperation.ChanReceive => "<-ch",
        RaceOperation.ChanClose => "close(ch)",
        RaceOperation.CopyTo => "copy(s, …)",
        RaceOperation.CopyFrom => "copy(…, s)",
        RaceOperation.AppendGrow => "append(s, …)",
        RaceOperation.Convert => "string(s)",
        RaceOperation.WaitGroup => "wg.Add / wg.Wait",
        _ => "",
    };

    /// <summary>The byte that both touched: of a range only the beginning is printed, so the other side's address is the better one.</summary>
    private static ulong? AddressOf(List<RaceSideReading> sides)
    {
        var exact = sides.Where(side => !RaceOperations.IsRange(side.Operation)).Select(side => side.Access.Address).ToList();
        if (exact.Count > 0)
            return exact.Max();
        return sides.Count > 0 ? sides.Max(side => side.Access.Address) : null;
    }

    private RaceVariable? VariableOf(List<RaceSideReading> sides, ulong? address, RaceLocation? location)
    {
        if (location is { Variable.Length: > 0 } named && address is { } at)
            return new RaceVariable(named.Variable, ExpressionBasis.Operation, (long)(at - named.Address));
        if (address is { } global && GlobalAt(global) is { } symbol)
            return symbol;
        var names = sides.Where(side => side.Variable is not null).Select(side => side.Variable!).Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : new RaceVariable(names.Count == 1 || sides.Count < 2 ? names[0] : string.Join(" / ", names), ExpressionBasis.Source, null);
    }

    /// <summary>A package-level variable, where addresses of the process are those of the file.</summary>
    private RaceVariable? GlobalAt(ulong address)
    {
        if (image.Binary is not { IsPositionIndependent: false } binary || binary.FindDataSymbol(address) is not { } name)
            return null;
        return binary.Elf.Symbols.TryFind(address, ElfSymbolType.Object, out var symbol)
            ? new RaceVariable(name, ExpressionBasis.Binary, (long)(address - symbol.Address))
            : null;
    }

    /// <summary>The slice of each side: the one that its source form names, if it holds the element.</summary>
    private static List<RaceSlice> UsedSlices(List<RaceSideReading> sides, SharedArray array)
    {
        var used = new List<RaceSlice>();
        for (var i = 0; i < sides.Count; i++)
        {
            var reaching = array.Slices.Where(view => view.Reach != SliceReach.None && (view.Slice.Side ?? i) == i).ToList();
            var variable = sides[i].Variable;
            var view = reaching.Find(view => view.Slice.Name == variable) ?? reaching.Find(view => Names(view.Slice.Name, variable));
            if (view is not null)
                used.Add(new RaceSlice(i, view));
        }

        return used;
    }

    /// <summary>A slice's name is what a source form calls it: the same, its end (<c>main.table</c> for <c>table</c>), or its beginning (<c>left</c> for <c>left.rows</c>).</summary>
    private static bool Names(string slice, string? variable)
        => variable is not null && slice.Length > 0
            && (slice == variable || slice.EndsWith("." + variable, StringComparison.Ordinal) || variable.StartsWith(slice + ".", StringComparison.Ordinal));
}
