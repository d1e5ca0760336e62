namespace Faultline.Binaries.Code;

/// <summary>A go statement with everything its goroutine can start in.</summary>
/// <param name="Statement">What the contract shows.</param>
/// <param name="Creator">Index of the function that holds it.</param>
/// <param name="Started">Functions in the closures that it can start, wrappers included.</param>
/// <param name="IsComplete">False when there can be more of them.</param>
internal sealed record FoundGoStatement(GoStatement Statement, int Creator, IReadOnlyList<int> Started, bool IsComplete);

/// <summary>Finds what each call of <c>runtime.newproc</c> starts.</summary>
internal sealed class GoStatementFinder(CodeModel model, OriginFinder origins)
{
    public FoundGoStatement[] FindAll()
    {
        var found = new List<FoundGoStatement>(model.Scan.GoCalls.Count);
        foreach (NotedCall call in model.Scan.GoCalls)
            found.Add(Find(call));
        return [.. found];
    }

    private FoundGoStatement Find(NotedCall call)
    {
        var started = new List<int>();
        bool isComplete = false;
        if (model.FlowOf(call.Caller).FindCall(call.Address) is { } fact)
        {
            OriginSet entries = origins.FindBehind(call.Caller, fact.Arguments[0], 0);
            isComplete = entries.IsComplete;
            foreach (Origin origin in entries.Origins)
            {
                if (origin.Kind == OriginKind.Constant && model.Functions.IndexOfEntry(origin.Address) is >= 0 and var function)
                    started.Add(function);
            }
        }
        else if (!model.IsFollowed && FunctionOf(call.TypeAddress) is >= 0 and var only)
        {
            started.Add(only);
            isComplete = true;
        }
        ulong entry = started.Count == 1 && isComplete ? Unwrap(started[0]) : 0;
        var statement = new GoStatement(model.Functions[call.Caller], call.ReturnAddress, entry, model.Binary.ResolveFrames(call.Address));
        return new FoundGoStatement(statement, call.Caller, started, isComplete);
    }

    /// <summary>The function that a closure known from the scan runs: its code, or read-only data that holds the code's address.</summary>
    private int FunctionOf(ulong closure) =>
        closure == 0 ? -1 : model.Functions.IndexOfEntry(closure) is >= 0 and var entry ? entry : model.Scan.FunctionValueAt(closure, isLoad: false);

    /// <summary>
    /// The function that a wrapper calls, which is the first one that a traceback shows; the function itself when it is no wrapper, or when
    /// what it would call was inlined into it.
    /// </summary>
    private ulong Unwrap(int function)
    {
        if (!WrapperFunctions.IsStatementWrapper(model, function))
            return model.Functions[function].Entry;
        if (!model.IsFollowed)
            return UnwrapByCalls(function);
        FunctionFlow flow = model.FlowOf(function);
        int target = -1;
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target != 0 && model.Functions.RoleAt(call.Target) is RuntimeRole.NoReturn or RuntimeRole.Harmless)
                continue;
            if (model.Binary.ResolveFrames(call.Address).Count > 1)
                return model.Functions[function].Entry;
            IReadOnlyList<int> callees = origins.FindCallees(function, call);
            if (callees.Count != 1 || (target >= 0 && target != callees[0]))
                return 0;
            target = callees[0];
        }
        return model.Functions[target < 0 ? function : target].Entry;
    }

    /// <summary>The only function that a wrapper calls directly, beside checks.</summary>
    private ulong UnwrapByCalls(int function)
    {
        int target = -1;
        foreach (CallEdge call in model.Callers.CallsFrom(function))
        {
            if (model.Functions.RoleOf(call.Callee) is RuntimeRole.NoReturn or RuntimeRole.Harmless)
                continue;
            if (model.Binary.ResolveFrames(model.Functions.Start + call.CallOffset).Count > 1)
                return model.Functions[function].Entry;
            if (target >= 0 && target != call.Callee)
                return 0;
            target = call.Callee;
        }
        if (model.Scan.IndirectCallers.Contains(function))
            return 0;
        return model.Functions[target < 0 ? function : target].Entry;
    }
}
