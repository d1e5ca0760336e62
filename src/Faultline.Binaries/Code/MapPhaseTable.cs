using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>
/// Says for each instruction of a map operation how far the operation has come there and whether it has set the map's write flag, from
/// the code alone. amd64 only; elsewhere, and for functions that are no map operation, nothing is claimed. Not thread-safe.
/// </summary>
public sealed class MapPhaseTable
{
    private const int FunctionLimit = 1 << 16;
    private const int SwissOffset = 34; // internal/runtime/maps.Map.writing
    private const int HmapOffset = 8; // runtime.hmap.flags

    private readonly GoBinary binary;
    private readonly FunctionDecoder decoder;
    private readonly MapWriteMark? mark;
    private readonly int offset;
    private readonly Dictionary<ulong, IReadOnlyList<MapInstruction>> tables = [];

    public MapPhaseTable(GoBinary binary)
    {
        this.binary = binary;
        decoder = new FunctionDecoder(binary);

        // What grows a map tells the two implementations apart; a version does not, because GOEXPERIMENT chooses too.
        bool isHmap = binary.FindFunctions("runtime.hashGrow").Count > 0;
        bool isSwiss = binary.FindFunctions("internal/runtime/maps.(*Map).growToTable").Count > 0;
        if (binary.Architecture == "amd64" && isHmap != isSwiss)
        {
            offset = isSwiss ? SwissOffset : HmapOffset;
            mark = new MapWriteMark(binary, offset, isSwiss ? (byte)1 : (byte)4);
        }
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
        var code = new List<Instruction>();
        decoder.Start(function);
        while (code.Count < FunctionLimit && decoder.TryDecode(out Instruction instruction))
            code.Add(instruction);
        var steps = new MapStep[code.Count];
        var targets = new string[code.Count];
        for (int i = 0; i < code.Count; i++)
        {
            targets[i] = TargetOf(code[i], function);
            steps[i] = StepOf(code, i, targets[i], function, flag);
        }

        MapPhases[] phases = Follow(code, steps);
        var rows = new MapInstruction[code.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new MapInstruction(code[i].IP, code[i].Length, steps[i], targets[i], phases[i], flag.Before(function, code[i].IP));
        return rows;
    }

    private static MapPhases[] Follow(List<Instruction> code, MapStep[] steps)
    {
        var places = new Dictionary<ulong, int>(code.Count);
        for (int i = 0; i < code.Count; i++)
            places[code[i].IP] = i;
        var phases = new MapPhases[code.Count];
        var pending = new Stack<(int Index, MapPhases Phases)>();
        pending.Push((0, MapPhases.Entry));
        while (pending.TryPop(out var next))
        {
            if (next.Index >= code.Count || (phases[next.Index] | next.Phases) == phases[next.Index])
                continue;
            MapPhases before = phases[next.Index] |= next.Phases;
            Instruction instruction = code[next.Index];
            if (steps[next.Index] is MapStep.Fatal or MapStep.StackGrowth)
                continue;
            MapPhases after = After(steps[next.Index], before);
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && places.TryGetValue(instruction.NearBranchTarget, out int target))
                pending.Push((target, after));
            if (instruction.FlowControl is not (FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return or FlowControl.Exception or FlowControl.Interrupt))
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

    private MapStep StepOf(List<Instruction> code, int index, string target, FuncInfo function, MapWriteMark flag)
    {
        Instruction instruction = code[index];
        if (instruction.FlowControl == FlowControl.Return)
            return MapStep.Return;
        if (instruction.FlowControl == FlowControl.IndirectCall)
            return flag.Before(function, instruction.IP) == WriteStage.Marked ? MapStep.Call : MapStep.Hash;
        if (target.Length > 0)
            return StepOf(target);
        if (instruction.Mnemonic == Mnemonic.Aesenc)
            return MapStep.Hash;
        if (!IsFlag(instruction))
            return MapStep.Other;
        if (instruction.Op0Kind != OpKind.Memory || instruction.Mnemonic is Mnemonic.Test or Mnemonic.Cmp or Mnemonic.Bt)
            return MapStep.FlagTest;
        if (index + 1 >= code.Count)
            return MapStep.Other;
        return (flag.Before(function, instruction.IP), flag.Before(function, code[index + 1].IP)) switch
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

    private string TargetOf(in Instruction instruction, FuncInfo function)
    {
        if (instruction.FlowControl is not (FlowControl.Call or FlowControl.UnconditionalBranch) || instruction.Op0Kind != OpKind.NearBranch64)
            return "";
        ulong target = instruction.NearBranchTarget;
        bool isInside = target >= function.Entry && target < function.End;
        return isInside || !binary.TryFindFunction(target, out FuncInfo callee) ? "" : callee.Name;
    }

    private bool IsFlag(in Instruction instruction) =>
        (instruction.Op0Kind == OpKind.Memory || (instruction.OpCount > 1 && instruction.Op1Kind == OpKind.Memory))
        && instruction.MemorySize is MemorySize.UInt8 or MemorySize.Int8 && instruction.MemoryIndex == Register.None
        && instruction.MemoryBase is not (Register.RSP or Register.RIP or Register.None) && instruction.MemoryDisplacement64 == (ulong)offset;
}
