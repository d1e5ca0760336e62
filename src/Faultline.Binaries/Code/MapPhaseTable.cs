using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// Says for each instruction of a map operation how far the operation has come there and whether it has set the map's write flag, from
/// the code alone. amd64 and arm64; elsewhere, and for functions that are no map operation, nothing is claimed. Not thread-safe.
/// </summary>
public sealed class MapPhaseTable
{
    private const int SwissOffset = 34; // internal/runtime/maps.Map.writing
    private const int HmapOffset = 8; // runtime.hmap.flags

    private readonly GoBinary binary;
    private readonly MapWriteMark? mark;
    private readonly Dictionary<ulong, IReadOnlyList<MapInstruction>> tables = [];

    public MapPhaseTable(GoBinary binary)
    {
        this.binary = binary;

        // What grows a map tells the two implementations apart; a version does not, because GOEXPERIMENT chooses too.
        bool isHmap = binary.FindFunctions("runtime.hashGrow").Count > 0;
        bool isSwiss = binary.FindFunctions("internal/runtime/maps.(*Map).growToTable").Count > 0;
        if (isHmap != isSwiss && new MapWriteMark(binary, isSwiss ? SwissOffset : HmapOffset, isSwiss ? (byte)1 : (byte)4) is { IsReadable: true } known)
            mark = known;
    }

    /// <summary>False when nothing can be said about any function: another architecture, or no map implementation that is known.</summary>
    public bool IsReadable => mark is not null;

    /// <summary>True for functions that are called with the flag clear, so that their code alone tells its state.</summary>
    public static bool IsOperation(FuncInfo function) => MapEntryPoints.TryFind(function.Name, out _);

    /// <summary>The instruction that holds a link-time address; null when no map operation does or nothing is known. Pass a return address less one.</summary>
    public MapInstruction? At(ulong address)
    {
        if (!binary.TryFindFunction(address, out FuncInfo function))
            return null;
        IReadOnlyList<MapInstruction> rows = Of(function);
        int low = 0;
        int high = rows.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            MapInstruction row = rows[middle];
            if (address < row.Address)
                high = middle - 1;
            else if (address - row.Address >= (ulong)row.Length)
                low = middle + 1;
            else
                return row;
        }
        return null;
    }

    /// <summary>The instructions of a map operation in address order, remembered; empty for other functions.</summary>
    public IReadOnlyList<MapInstruction> Of(FuncInfo function)
    {
        if (tables.TryGetValue(function.Entry, out IReadOnlyList<MapInstruction>? rows))
            return rows;
        rows = mark is not null && IsOperation(function) ? Read(function, mark) : [];
        tables.Add(function.Entry, rows);
        return rows;
    }

    private MapInstruction[] Read(FuncInfo function, MapWriteMark flag)
    {
        IReadOnlyList<MarkStep> code = flag.Read(function);
        var steps = new MapStep[code.Count];
        var targets = new string[code.Count];
        for (int i = 0; i < code.Count; i++)
        {
            targets[i] = TargetOf(code[i].Step, function);
            steps[i] = StepOf(code, i, targets[i], function, flag);
        }

        MapPhases[] phases = Follow(code, steps);
        var rows = new MapInstruction[code.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            CodeStep step = code[i].Step;
            rows[i] = new MapInstruction(step.Address, (int)(step.NextAddress - step.Address), steps[i], targets[i], phases[i], flag.Before(function, step.Address));
        }
        return rows;
    }

    private static MapPhases[] Follow(IReadOnlyList<MarkStep> code, MapStep[] steps)
    {
        var places = new Dictionary<ulong, int>(code.Count);
        for (int i = 0; i < code.Count; i++)
            places[code[i].Step.Address] = i;
        var phases = new MapPhases[code.Count];
        var pending = new Stack<(int Index, MapPhases Phases)>();
        pending.Push((0, MapPhases.Entry));
        while (pending.TryPop(out var next))
        {
            if (next.Index >= code.Count || (phases[next.Index] | next.Phases) == phases[next.Index])
                continue;
            MapPhases before = phases[next.Index] |= next.Phases;
            (CodeStep step, MarkUse use, _) = code[next.Index];
            if (steps[next.Index] is MapStep.Fatal or MapStep.StackGrowth)
                continue;
            MapPhases after = use == MarkUse.Overwrite ? before | MapPhases.Writing | MapPhases.Done : After(steps[next.Index], before);
            if (step.Kind is StepKind.ConditionalJump or StepKind.Jump && places.TryGetValue(step.Target, out int target))
                pending.Push((target, after));
            if (step.Kind is StepKind.Next or StepKind.ConditionalJump or StepKind.Call or StepKind.IndirectCall)
                pending.Push((next.Index + 1, after));
        }
        return phases;
    }

    private static MapPhases After(MapStep step, MapPhases before) => step switch
    {
        MapStep.FlagTest => Replace(before, MapPhases.Entry, MapPhases.Checked),
        MapStep.Hash => Replace(Replace(before, MapPhases.Entry, MapPhases.Hashed), MapPhases.Checked, MapPhases.Hashed),
        MapStep.FlagSet => MapPhases.Writing,
        MapStep.FlagClear => MapPhases.Done,
        _ => before,
    };

    private static MapPhases Replace(MapPhases phases, MapPhases from, MapPhases to) => (phases & from) == MapPhases.None ? phases : (phases & ~from) | to;

    private static MapStep StepOf(IReadOnlyList<MarkStep> code, int index, string target, FuncInfo function, MapWriteMark flag)
    {
        (CodeStep step, MarkUse use, bool isHash) = code[index];
        if (step.Kind == StepKind.Return)
            return MapStep.Return;
        if (step.Kind == StepKind.IndirectCall)
            return flag.Before(function, step.Address) == WriteStage.Marked ? MapStep.Call : MapStep.Hash;
        if (target.Length > 0)
            return StepOf(target);
        if (isHash)
            return MapStep.Hash;
        if (use == MarkUse.Read)
            return MapStep.FlagTest;
        if (use == MarkUse.None || index + 1 >= code.Count)
            return MapStep.Other;
        return (flag.Before(function, step.Address), flag.Before(function, step.NextAddress)) switch
        {
            (WriteStage.Unmarked, WriteStage.Marked) => MapStep.FlagSet,
            (WriteStage.Marked, WriteStage.Unmarked) => MapStep.FlagClear,
            _ => MapStep.Other,
        };
    }

    private static MapStep StepOf(string target)
    {
        string name = target[(target.LastIndexOf('.') + 1)..];
        if (name.StartsWith("morestack", StringComparison.Ordinal) || target.StartsWith("runtime.morestack", StringComparison.Ordinal))
            return MapStep.StackGrowth;
        if (RuntimeRoles.Of(target) == RuntimeRole.NoReturn)
            return MapStep.Fatal;
        if (name is "hashGrow" or "growToSmall" or "growToTable" or "rehash" or "grow" or "split" || name.StartsWith("growWork", StringComparison.Ordinal)
            || name.StartsWith("evacuate", StringComparison.Ordinal))
            return MapStep.Grow;
        return name.StartsWith("memhash", StringComparison.OrdinalIgnoreCase) || name is "strhash" ? MapStep.Hash : MapStep.Call;
    }

    private string TargetOf(in CodeStep step, FuncInfo function)
    {
        if (step.Kind is not (StepKind.Call or StepKind.Jump))
            return "";
        bool isInside = step.Target >= function.Entry && step.Target < function.End;
        return isInside || !binary.TryFindFunction(step.Target, out FuncInfo callee) ? "" : callee.Name;
    }
}
