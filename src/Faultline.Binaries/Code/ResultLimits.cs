namespace Faultline.Binaries.Code;

/// <summary>
/// How many results a function can have. Nothing records it, but result registers are filled in order: where one holds what cannot be a
/// result at some return, this one and those after it are leftovers.
/// </summary>
internal static class ResultLimits
{
    public static int Of(CodeModel model, int function)
    {
        FunctionFlow flow = model.FlowOf(function);
        int limit = AbiRegisters.ArgumentCount;
        foreach (ReturnFact returned in flow.Returns)
        {
            int count = 0;
            while (count < limit && !IsLeftover(model, function, flow, returned.Results[count]))
                count++;
            limit = count;
        }
        return limit;
    }

    private static bool IsLeftover(CodeModel model, int function, FunctionFlow flow, int value)
    {
        SymbolicValue v = flow.Values[value];
        return v.Kind switch
        {
            ValueKind.Parameter => v.Payload >= model.ParameterCountOf(function),
            ValueKind.CallResult => v.Base >= ResultCountOf(model, flow, (ulong)v.Payload),
            _ => false,
        };
    }

    private static int ResultCountOf(CodeModel model, FunctionFlow flow, ulong call)
    {
        if (flow.FindCall(call) is not { Target: not 0 } fact)
            return AbiRegisters.ArgumentCount;
        int target = model.Functions.IndexAt(fact.Target);
        return target < 0 ? AbiRegisters.ArgumentCount : model.Functions.RoleOf(target) switch
        {
            RuntimeRole.NewObject or RuntimeRole.Malloc or RuntimeRole.MakeMap => 1,
            RuntimeRole.MapOperation => MapResults(model.Functions[target].Name),
            RuntimeRole.StartGoroutine => 0,
            _ => AbiRegisters.ArgumentCount,
        };
    }

    private static int MapResults(string name) => name.Contains("mapaccess2", StringComparison.Ordinal) || name is "maps.clone"
        ? 2
        : MapEntryPoints.TryFind(name, out MapEntryPoint entryPoint) && entryPoint.Operation is MapOperation.Read or MapOperation.Write or MapOperation.Clone ? 1 : 0;
}
