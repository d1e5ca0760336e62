using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Escapes;

namespace Faultline.Diagnosis.Escapes;

/// <summary>
/// Finds in build logs what the compiler said about the variables on both sides. A variable fits by its file, its name and its function; where two
/// packages fit equally nothing is said.
/// </summary>
internal sealed class VariableEscapes(IReadOnlyList<EscapeIndex> builds)
{
    /// <summary>The variables of these uses, each once, in the order of the uses.</summary>
    public IReadOnlyList<VariableEscape> Find(IReadOnlyList<VariableUse> uses)
    {
        var found = new List<VariableEscape>();
        foreach (var use in uses)
        {
            foreach (var build in builds)
            {
                if (Find(build, use) is not { } variable || found.Exists(other => other.Variable.Declared == variable.Declared && other.Variable.Name == variable.Name))
                    continue;
                found.Add(new VariableEscape(build.Log.Source, variable, Holders(build, variable, uses), IsByLine: use.Name.Length == 0));
                break;
            }
        }

        return found;
    }

    private static EscapeVariable? Find(EscapeIndex build, VariableUse use)
    {
        if (use.Line == 0 || use.File.Length == 0)
            return null;
        var local = LocalName(use.Function);
        var package = GoPackage.PathOf(use.Function).ToString();
        if (use.Name.Length == 0)
            return ByLine(build, use, local, package);
        var candidates = build.Variables(use.File)
            .Where(variable => variable.Name == use.Name && variable.Declared.Line <= use.Line && IsVisible(variable.Function, local) && IsOf(variable.Package, package))
            .ToList();
        // One name may be declared several times in a function. The literal that the line is in tells which is meant, else nothing does.
        var held = candidates.FindAll(variable => variable.Captures.Any(capture => capture.Closure is { Name.Length: > 0 } closure && IsVisible(closure.Name, local)));
        var used = held.FindAll(variable => variable.Captures.Any(capture => capture.Use.Line == use.Line));
        var best = used.Count > 0 ? used : held.Count > 0 ? held : candidates;
        return best.Count == 1 ? best[0] : null;
    }

    private static EscapeVariable? ByLine(EscapeIndex build, VariableUse use, string local, string package)
    {
        var candidates = build.Variables(use.File)
            .Where(variable => IsOf(variable.Package, package) && variable.Captures.Any(capture => capture.Use.Line == use.Line && capture.Closure?.Name == local))
            .ToList();
        return candidates.Count == 1 ? candidates[0] : null;
    }

    /// <summary>The function that declares it is the one of the line, or one around it. Unknown ones are not contradicted.</summary>
    private static bool IsVisible(string declaring, string local)
        => declaring.Length == 0 || local == declaring
            || (local.StartsWith(declaring, StringComparison.Ordinal) && local[declaring.Length] is '.' or '-')
            || IsInlined(declaring, local)
            || Plain(local) == Plain(declaring) || Plain(local).StartsWith(Plain(declaring) + ".", StringComparison.Ordinal);

    /// <summary>Go 1.22 to 1.25 name a literal of an inlined function after the caller, with numbers of its own: <c>main.routes.func2</c> for <c>routes.func1</c>.</summary>
    private static bool IsInlined(string declaring, string local)
        => declaring.Length > 0 && local.Contains($".{declaring}.", StringComparison.Ordinal);

    /// <summary>Type arguments are printed in different ways.</summary>
    private static string Plain(string function)
    {
        var open = function.IndexOf('[', StringComparison.Ordinal);
        var close = function.LastIndexOf(']');
        return open < 0 || close < open ? function : string.Concat(function.AsSpan(0, open), function.AsSpan(close + 1));
    }

    /// <summary>The header of a command's package is its import path, its symbols say main.</summary>
    private static bool IsOf(string header, string package)
        => header.Length == 0 || package.Length == 0 || package == "main" || header == package || header.StartsWith(package + " ", StringComparison.Ordinal);

    private static List<EscapeHolder> Holders(EscapeIndex build, EscapeVariable variable, IReadOnlyList<VariableUse> uses)
    {
        var holders = new List<EscapeHolder>();
        foreach (var capture in Captures(build, variable, uses))
        {
            var sides = uses.Where(use => capture.Closure is { } closure && RunsIn(build, variable, use, closure)).Select(use => use.Side).Distinct().ToList();
            var isStarted = capture.Closure is { Fate: ClosureFate.Go or ClosureFate.GoOrDefer } started
                && uses.Any(use => sides.Contains(use.Side) && use.Started is { } at && started.Place.IsAt(at.File, at.Line));
            holders.Add(new EscapeHolder(capture, sides, isStarted));
        }

        return holders;
    }

    /// <summary>
    /// Of several literals that hold a copy the compiler explains one. A literal that has the variable on a line of its own holds it as well.
    /// </summary>
    private static List<EscapeCapture> Captures(EscapeIndex build, EscapeVariable variable, IReadOnlyList<VariableUse> uses)
    {
        var captures = variable.Captures.ToList();
        foreach (var use in uses)
        {
            var local = LocalName(use.Function);
            if (captures.Count > 0 && use.Name == variable.Name && local != variable.Function && IsVisible(variable.Function, local) && SourcePath.AreSame(variable.Declared.File, use.File)
                && build.ClosureNamed(variable.Declared.File, local) is { } closure && !captures.Exists(capture => capture.Closure?.Place == closure.Place))
            {
                captures.Add(new EscapeCapture(captures[0].IsByValue, new EscapePlace(variable.Declared.File, use.Line, 0), closure));
            }
        }

        captures.RemoveAll(capture => capture is { Closure: null, Use.Line: 0 } && captures.Count > 1);
        return [.. captures.OrderBy(capture => capture.Use)];
    }

    /// <summary>The literal is on the side's stack; one without a name in the log is known by the statement that started the side.</summary>
    private static bool RunsIn(EscapeIndex build, EscapeVariable variable, VariableUse use, EscapeClosure closure)
    {
        if (IsInlined(variable.Function, LocalName(use.Function)))
            return SourcePath.AreSame(variable.Declared.File, use.File) && build.ClosureAround(variable.Declared.File, use.Line, variable.Function)?.Place == closure.Place;
        if (closure.Name.Length > 0 && use.Stack.Any(function => LocalName(function) is var local && (local == closure.Name || local.StartsWith(closure.Name + ".", StringComparison.Ordinal))))
            return true;
        return closure.Fate is ClosureFate.Go or ClosureFate.GoOrDefer && use.Started is { } at && closure.Place.IsAt(at.File, at.Line);
    }

    /// <summary>A symbol without its package, as the compiler prints functions: <c>(*T).run.func1</c>.</summary>
    private static string LocalName(string symbol)
    {
        var path = GoPackage.PathOf(symbol);
        return path.Length > 0 && path.Length + 1 < symbol.Length ? symbol[(path.Length + 1)..] : symbol;
    }
}
