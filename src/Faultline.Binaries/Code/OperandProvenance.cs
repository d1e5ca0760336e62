namespace Faultline.Binaries.Code;

/// <summary>Turns the origins of map operands into roots, and says what is certain about them.</summary>
internal sealed class OperandProvenance(CodeModel model, OriginFinder origins, PointerFlow pointers, PlaceAliases aliases)
{
    private const int RootLimit = 24;

    /// <summary>The provenance of the map that a call works on.</summary>
    public MapOperand Find(NotedCall call)
    {
        if (model.Functions[call.Caller].Name.StartsWith("reflect.", StringComparison.Ordinal))
            return MapOperand.Unknown;
        FunctionFlow flow = model.FlowOf(call.Caller);
        if (flow.FindCall(call.Address) is not { } fact || !MapEntryPoints.TryFind(model.Functions[call.Callee].Name, out MapEntryPoint entryPoint))
            return MapOperand.Unknown;
        var found = new OriginSet();
        if (entryPoint.MapArgument >= 0)
        {
            found.Add(origins.Find(call.Caller, fact.Arguments[entryPoint.MapArgument]));
        }
        else
        {
            foreach ((CallFact start, MapEntryPoint startPoint) in IterationStarts.Of(model, flow, fact.Arguments[entryPoint.IteratorArgument]))
                found.Add(origins.Find(call.Caller, start.Arguments[startPoint.MapArgument]));
        }
        if (!flow.IsExhaustive)
            found.Lose();
        return Describe(call.Caller, found);
    }

    /// <summary>The provenance of a channel or another pointer that a call gets as an argument.</summary>
    public MapOperand FindArgument(int caller, ulong callAddress, int argument)
    {
        FunctionFlow flow = model.FlowOf(caller);
        if (flow.FindCall(callAddress) is not { } fact)
            return MapOperand.Unknown;
        var found = new OriginSet();
        found.Add(origins.Find(caller, fact.Arguments[argument]));
        if (!flow.IsExhaustive)
            found.Lose();
        return Describe(caller, found);
    }

    private MapOperand Describe(int function, OriginSet found)
    {
        var roots = new MapRoots(model);
        foreach (Origin origin in found.Origins)
            roots.Add(origin);
        int directCount = Math.Min(roots.Items.Count, RootLimit);
        bool isComplete = found.IsComplete && roots.AreExact;
        bool isPrivate = isComplete && found.Origins.Count == 1 && IsPrivate(function, found.Origins.First());
        if (isComplete && !isPrivate)
            isComplete = aliases.TryExpand(roots);
        return new MapOperand([.. roots.Items.Take(RootLimit)], isComplete && roots.Items.Count is > 0 and <= RootLimit, isPrivate) { DirectCount = directCount };
    }

    /// <summary>A map that the function makes and only hands to map operations.</summary>
    private bool IsPrivate(int function, Origin origin)
    {
        if (origin.Function != function || origin.Kind is not (OriginKind.MadeMap or OriginKind.Object))
            return false;
        PointerReach reach = model.ReachOf(pointers, origin.Function, origin.Value);
        return reach is { IsComplete: true, LeavesFunction: false, StoredAt.Count: 0 };
    }
}
