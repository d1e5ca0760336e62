using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>Makes <see cref="MapCallSite"/>s of the map calls that the scan noted: their types, frames, and a way to their operands.</summary>
internal sealed class MapSiteFinder(CodeModel model, OriginFinder origins, Func<NotedCall, MapOperand> findOperand)
{
    private readonly Dictionary<ulong, MapType?> types = [];
    private readonly ShapeTypes shapes = new(model.Binary);
    private readonly ILookup<int, NotedCall> iterationStarts = model.Scan.MapCalls
        .Where(call => call.IteratorSlot is not null && call.TypeAddress != 0)
        .ToLookup(call => call.Caller);

    public MapCallSite[] FindAll()
    {
        var sites = new List<MapCallSite>(model.Scan.MapCalls.Count);
        foreach (NotedCall call in model.Scan.MapCalls)
        {
            if (MapEntryPoints.TryFind(model.Functions[call.Callee].Name, out MapEntryPoint entryPoint))
                sites.Add(Make(call, entryPoint));
        }
        return [.. sites];
    }

    private MapCallSite Make(NotedCall call, MapEntryPoint entryPoint) => new()
    {
        FunctionEntry = model.Functions[call.Caller].Entry,
        CallAddress = call.Address,
        ReturnAddress = call.ReturnAddress,
        Callee = model.Functions[call.Callee].Name,
        Operation = entryPoint.Operation,
        Types = FindTypes(call, entryPoint),
        Operand = MapOperand.Unknown,
        OperandSource = new Lazy<MapOperand>(() => findOperand(call)),
        Frames = model.Binary.ResolveFrames(call.Address),
    };

    private IReadOnlyList<MapType> FindTypes(NotedCall call, MapEntryPoint entryPoint)
    {
        // Nearly always the descriptor's address is loaded in the instructions before the call, and the scan has it.
        if (call.TypeAddress != 0 && TypeAt(call.TypeAddress) is { } direct)
            return shapes.Instances(direct);
        if (call.IteratorSlot is { } slot && entryPoint.TypeArgument < 0 && FindStartedType(call, slot) is { } iterated)
            return shapes.Instances(iterated);
        var found = new List<MapType>();
        if (model.Functions[call.Caller].Name.StartsWith("reflect.", StringComparison.Ordinal))
            return found; // Serves every map of the program; the caller knows at run time.
        FunctionFlow flow = model.FlowOf(call.Caller);
        if (flow.FindCall(call.Address) is not { } fact)
            return found;
        if (entryPoint.TypeArgument >= 0)
        {
            AddTypes(found, call.Caller, fact.Arguments[entryPoint.TypeArgument]);
            return found;
        }
        foreach ((CallFact start, MapEntryPoint startPoint) in IterationStarts.Of(model, flow, fact.Arguments[entryPoint.IteratorArgument]))
            AddTypes(found, call.Caller, start.Arguments[startPoint.TypeArgument]);
        return found;
    }

    /// <summary>
    /// The type of the iteration that a step belongs to: that of the last call before it that starts one with the same iterator. The
    /// compiler lays out a loop behind its start.
    /// </summary>
    private MapType? FindStartedType(NotedCall step, long slot)
    {
        NotedCall? start = null;
        foreach (NotedCall call in iterationStarts[step.Caller])
        {
            if (call.IteratorSlot == slot && call.Address < step.Address)
                start = call;
        }
        return start is { TypeAddress: not 0 } found ? TypeAt(found.TypeAddress) : null;
    }

    private void AddTypes(List<MapType> found, int function, int value)
    {
        foreach (Origin origin in origins.Find(function, value).Origins)
        {
            if (origin.Kind == OriginKind.Constant && TypeAt(origin.Address) is { } type && !found.Contains(type))
                found.Add(type);
        }
    }

    private MapType? TypeAt(ulong address)
    {
        if (!types.TryGetValue(address, out MapType? type))
        {
            type = model.Binary.FindType(address) is { Kind: GoKind.Map } map
                ? new MapType(address, map.Name, NameOf(map.KeyAddress), NameOf(map.ElementAddress))
                : null;
            types.Add(address, type);
        }
        return type;
    }

    private string NameOf(ulong type) => model.Binary.FindType(type)?.Name ?? "";
}
