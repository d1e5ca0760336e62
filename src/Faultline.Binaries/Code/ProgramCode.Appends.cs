using Faultline.Binaries.Code.Appends;

namespace Faultline.Binaries.Code;

/// <content>Appends to slices that several goroutines reach.</content>
public sealed partial class ProgramCode
{
    /// <summary>
    /// Appends that store their new array in a field, a package-level variable or a captured variable, each with the code that works on the same place and can run on another goroutine by the
    /// call graph. It over-approximates (fields count for all objects of their type, calls that only run time decides for all that they could be, locks are not followed) and says only what is possible.
    /// Amd64 only; elsewhere nothing is found.
    /// </summary>
    /// <param name="withStandardLibrary">Look at functions of the standard library too.</param>
    public AppendWindows FindAppendWindows(bool withStandardLibrary = false)
        => Locked(a =>
        {
            if (!a.Model.IsFollowed)
                return new AppendWindows([], 0, 0);
            var finder = new AppendFinder(a.Model, a.Origins, a.Pointers, function => withStandardLibrary ? !IsRuntime(a.Model, function) : !a.Model.Packages.IsStandard(function));
            List<AppendSite> appends = finder.FindAppends();
            ILookup<AppendPlace, ArrayAccess> accesses = finder.FindAccesses([.. appends.Select(append => append.Place).Distinct()]).ToLookup(access => access.Place);
            var goroutines = new GoroutineSets(a.Model, callGraph.Value, goStatements.Value, MainStarts(a.Model.Functions));
            var windows = new List<AppendWindow>();
            foreach (AppendSite append in appends)
            {
                int function = a.Model.Functions.IndexOfEntry(append.FunctionEntry);
                List<WindowAccess> others = [.. accesses[append.Place]
                    .Where(access => !append.StoreAddresses.Contains(access.Address))
                    .Select(access => (Access: access, User: a.Model.Functions.IndexOfEntry(access.FunctionEntry)))
                    .Where(item => goroutines.AreApart(function, item.User))
                    .Select(item => Side(a.Model, goroutines, function, item.User, item.Access))];
                if (others.Count == 0)
                    continue;
                (IReadOnlyList<GoStatement> starts, bool onMain) = goroutines.Of(function);
                windows.Add(new AppendWindow(append, others, starts, onMain));
            }
            return new AppendWindows(windows, finder.AppendCount, finder.SkippedFunctions);
        }) ?? new AppendWindows([], 0, 0);

    private static WindowAccess Side(CodeModel model, GoroutineSets goroutines, int append, int user, ArrayAccess access)
    {
        (IReadOnlyList<GoStatement> starts, bool onMain) = goroutines.Of(user);
        return new WindowAccess(access, starts, onMain, CallsLock(model, append) && CallsLock(model, user));
    }

    private static bool IsRuntime(CodeModel model, int function) => model.Packages.PackageOf(function) is var package
        && (package is "runtime" or "reflect" or "" || package.StartsWith("internal/runtime/", StringComparison.Ordinal) || package.StartsWith("runtime/", StringComparison.Ordinal));

    /// <summary>Where the quick path of a lock is inlined, the slow one is still a call.</summary>
    private static bool CallsLock(CodeModel model, int function)
    {
        foreach (CallEdge call in model.Callers.CallsFrom(function))
        {
            string name = model.Functions[call.Callee].Name;
            if (name is "sync.runtime_SemacquireRWMutexR" || (name.Contains("sync.(*", StringComparison.Ordinal)
                && (name.EndsWith(").Lock", StringComparison.Ordinal) || name.EndsWith(").lockSlow", StringComparison.Ordinal) || name.EndsWith(").RLock", StringComparison.Ordinal))))
                return true;
        }
        return false;
    }
}
