namespace Faultline.Binaries.Code;

/// <summary>Joins the step of a map iteration to the call that started it: both name the same iterator, a variable of the frame.</summary>
internal static class IterationStarts
{
    /// <summary>The calls in the same function that start an iteration with this iterator.</summary>
    public static IEnumerable<(CallFact Call, MapEntryPoint EntryPoint)> Of(CodeModel model, FunctionFlow flow, int iterator)
    {
        if (iterator <= ValuePool.Computed)
            yield break;
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target == 0 || model.Functions.RoleAt(call.Target) != RuntimeRole.MapOperation)
                continue;
            if (MapEntryPoints.TryFind(model.Functions[model.Functions.IndexAt(call.Target)].Name, out MapEntryPoint entryPoint)
                && entryPoint is { IteratorArgument: >= 0, MapArgument: >= 0 } && call.Arguments[entryPoint.IteratorArgument] == iterator)
                yield return (call, entryPoint);
        }
    }
}
