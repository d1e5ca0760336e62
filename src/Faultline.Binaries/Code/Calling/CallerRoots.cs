namespace Faultline.Binaries.Code.Calling;

/// <summary>The functions in which paths start.</summary>
internal sealed class CallerRoots
{
    private const string ExportPrefix = "_cgoexp_";

    private readonly CodeModel model;
    private readonly HashSet<int> asked;
    private readonly Dictionary<int, List<GoStatement>> started = [];
    private readonly GoStatement[] unresolved;

    public CallerRoots(CodeModel model, IReadOnlyList<FoundGoStatement> goStatements, IReadOnlyList<ulong> asked)
    {
        this.model = model;
        this.asked = [.. asked.Select(model.Functions.IndexOfEntry).Where(function => function >= 0)];
        foreach (FoundGoStatement go in goStatements)
        {
            foreach (int function in go.Started)
            {
                // runtime.rt0_go starts the main goroutine, in runtime.main.
                if (model.Functions[function].Name is "runtime.main")
                    continue;
                if (!started.TryGetValue(function, out List<GoStatement>? list))
                    started.Add(function, list = []);
                list.Add(go.Statement);
            }
        }

        unresolved = [.. goStatements.Where(go => !go.IsComplete && !MapEntryPoints.IsImplementation(go.Statement.Creator.Name)).Select(go => go.Statement)];
    }

    /// <summary>Why paths may start in a function that is taken as a value.</summary>
    public IEnumerable<(CallRootKind Kind, IReadOnlyList<GoStatement> Statements)> OfValue(int function) =>
        asked.Count == 0 && unresolved.Length > 0 && !started.ContainsKey(function) ? [(CallRootKind.FunctionValue, unresolved)] : [];

    /// <summary>Why paths start in a function; nothing when they do not.</summary>
    public IEnumerable<(CallRootKind Kind, IReadOnlyList<GoStatement> Statements)> Of(int function)
    {
        if (asked.Count > 0)
        {
            if (asked.Contains(function))
                yield return (CallRootKind.Asked, []);
            yield break;
        }

        if (started.TryGetValue(function, out List<GoStatement>? statements))
            yield return (CallRootKind.Goroutine, statements);
        string name = model.Functions[function].Name;
        if (name is "main.main")
            yield return (CallRootKind.Main, []);
        else if (IsInitialization(name))
            yield return (CallRootKind.Initialization, []);
        else if (name.StartsWith(ExportPrefix, StringComparison.Ordinal))
            yield return (CallRootKind.Export, []);
    }

    /// <summary><c>init</c> of a package, and the functions of that name in its sources: <c>init.0</c>, <c>init.1</c> …</summary>
    private static bool IsInitialization(string name)
    {
        string local = name[(name.LastIndexOf('/') + 1)..];
        int dot = local.IndexOf('.', StringComparison.Ordinal);
        string function = dot < 0 ? "" : local[(dot + 1)..];
        return function is "init" || (function.StartsWith("init.", StringComparison.Ordinal) && function["init.".Length..] is { Length: > 0 } number && number.All(char.IsAsciiDigit));
    }
}
