namespace Faultline.Evidence.Escapes;

/// <summary>What a log says about one source file, for questions about its variables and literals.</summary>
internal sealed class EscapeFile
{
    private const int DeepestStart = 4;
    private const int MostContents = 16;

    private readonly List<EscapeFact> _facts;
    private readonly List<EscapeExplanation> _explanations;
    private readonly List<EscapeFact> _functions;
    private readonly Lazy<IReadOnlyList<EscapeVariable>> _variables;

    public EscapeFile(string name, List<EscapeFact> facts, List<EscapeExplanation> explanations)
    {
        Name = name;
        _facts = facts;
        _explanations = explanations;
        _functions = [.. facts.Where(fact => fact.Kind is EscapeKind.CanInline or EscapeKind.CannotInline).OrderBy(fact => fact.Place)];
        _variables = new Lazy<IReadOnlyList<EscapeVariable>>(FindVariables);
    }

    public string Name { get; }

    public IReadOnlyList<EscapeFact> Facts => _facts;

    public IReadOnlyList<EscapeExplanation> Explanations => _explanations;

    public IReadOnlyList<EscapeVariable> Variables => _variables.Value;

    /// <summary>The function declared last before a place, literals left out; empty when the log names none.</summary>
    public string FunctionAt(EscapePlace place) =>
        _functions.FindLast(function => function.Place <= place && !EscapeNames.IsLiteral(function.Subject))?.Subject ?? "";

    /// <summary>The literal around a use of a variable that <paramref name="parent"/> declares. Literals of one function do not overlap, so it is the last that begins before.</summary>
    public EscapeClosure? ClosureAround(EscapePlace use, string parent)
    {
        EscapePlace? place = null;
        foreach (EscapeFact function in _functions)
        {
            if (function.Place <= use && EscapeNames.IsLiteral(function.Subject) && (parent.Length == 0 || EscapeNames.ParentOf(function.Subject) == parent))
                place = function.Place;
        }

        // Before Go 1.22 the function around "go f(x)" has no name; it is explained all the same.
        foreach (EscapeExplanation explanation in _explanations)
        {
            EscapePlace at = explanation.Head.Place;
            if (explanation.Head.Subject == EscapeNames.Literal && at <= use && (place is not { } best || at > best) && NameOf(at).Length == 0 && at.Line == use.Line)
                place = at;
        }

        return place is { } found ? ClosureAt(found, 0) : null;
    }

    /// <summary>The literal of that name; null when the log names none so.</summary>
    public EscapeClosure? ClosureNamed(string name) =>
        EscapeNames.IsLiteral(name) && _functions.Find(function => function.Subject == name) is { } found ? ClosureAt(found.Place, 0) : null;

    /// <summary>The literal at a place.</summary>
    public EscapeClosure ClosureAt(EscapePlace place) => ClosureAt(place, 0);

    private EscapeClosure ClosureAt(EscapePlace place, int depth)
    {
        string name = NameOf(place);
        if (EscapeNames.IsGoWrap(name))
            return new EscapeClosure(place, name, ClosureFate.Go, "", place);
        if (EscapeNames.IsDeferWrap(name))
            return new EscapeClosure(place, name, ClosureFate.Defer, "", place);
        if (_explanations.Find(explanation => explanation.Head.Place == place && explanation.Head.Subject == EscapeNames.Literal) is { } explained)
            return Leaving(place, name, explained, depth);
        bool stays = _facts.Exists(fact => fact.Kind == EscapeKind.DoesNotEscape && fact.Place == place && fact.Subject == EscapeNames.Literal);
        return new EscapeClosure(place, name, stays ? ClosureFate.Stays : ClosureFate.Unknown, "", default);
    }

    private EscapeClosure Leaving(EscapePlace place, string name, EscapeExplanation explained, int depth)
    {
        EscapeStep? last = explained.Steps.LastOrDefault(step => step.Reason != "spill");
        if (last is null)
            return new EscapeClosure(place, name, explained.IsCutOff || explained.Flows.Count == 0 ? ClosureFate.Unknown : ClosureFate.GoOrDefer, "", place);
        // "go f()" with a variable f: another literal, made by the compiler, holds on to it and is what starts.
        if (last.Reason == "captured by a closure" && depth < DeepestStart && ClosureAround(last.Place, "", depth + 1) is { Fate: ClosureFate.Go or ClosureFate.GoOrDefer or ClosureFate.Defer } starter && starter.Place != place)
            return new EscapeClosure(place, name, starter.Fate, last.Expression, starter.Place);
        ClosureFate fate = last.Reason switch
        {
            "call parameter" => ClosureFate.Passed,
            "return" => ClosureFate.Returned,
            _ => ClosureFate.Stored,
        };
        return new EscapeClosure(place, name, fate, last.Expression, last.Place);
    }

    private EscapeClosure? ClosureAround(EscapePlace use, string parent, int depth)
    {
        EscapeExplanation? best = null;
        foreach (EscapeExplanation explanation in _explanations)
        {
            if (explanation.Head.Subject == EscapeNames.Literal && explanation.Head.Place <= use && explanation.Head.Place.Line == use.Line && (best is null || explanation.Head.Place > best.Head.Place))
                best = explanation;
        }

        return best is null || (parent.Length > 0 && NameOf(best.Head.Place) != parent) ? null : ClosureAt(best.Head.Place, depth);
    }

    private string NameOf(EscapePlace place) => _functions.Find(function => function.Place == place && EscapeNames.IsLiteral(function.Subject))?.Subject ?? "";

    private List<EscapeVariable> FindVariables()
    {
        List<EscapeVariable> variables = [];
        foreach (IGrouping<(EscapePlace Place, string Subject), EscapeFact> group in _facts
            .Where(fact => fact.Kind is EscapeKind.MovedToHeap or EscapeKind.Capture)
            .GroupBy(fact => (fact.Place, fact.Subject)))
        {
            variables.Add(VariableOf(group.Key.Place, group.Key.Subject, [.. group]));
        }

        return variables;
    }

    private EscapeVariable VariableOf(EscapePlace place, string name, List<EscapeFact> facts)
    {
        EscapeFact? moved = facts.Find(fact => fact.Kind == EscapeKind.MovedToHeap);
        List<EscapeFact> captures = facts.FindAll(fact => fact.Kind == EscapeKind.Capture);
        List<EscapeExplanation> reasons = _explanations.FindAll(explanation => explanation.Head.Place == place && explanation.Head.Subject == name);
        string function = captures.Count > 0 ? captures[0].Function : reasons.Select(reason => reason.Head.Function).FirstOrDefault(text => text.Length > 0) ?? FunctionAt(place);
        List<EscapeExplanation> contents = [.. _explanations
            .Where(explanation => explanation.Head.Place != place && explanation.Head.Subject != EscapeNames.Literal && FlowsThrough(explanation, name) && IsIn(explanation.Head, function, place))
            .Take(MostContents)];
        return new EscapeVariable
        {
            Name = name,
            Declared = place,
            Function = function,
            Package = facts[0].Package,
            IsMoved = moved is not null,
            LogLine = moved?.LogLine ?? facts[0].LogLine,
            Width = captures.Count > 0 ? captures[0].Number : 0,
            Captures = CapturesOf(name, function, captures, [.. reasons, .. contents]),
            Reasons = reasons,
            Contents = contents,
        };
    }

    /// <summary>The captures that explanations show with their place; without explanations what the captures themselves say.</summary>
    private List<EscapeCapture> CapturesOf(string name, string function, List<EscapeFact> facts, List<EscapeExplanation> explanations)
    {
        bool isByValue = facts.Exists(fact => fact.IsByValue);
        List<EscapeCapture> captures = [.. explanations
            .SelectMany(explanation => explanation.Steps)
            .Where(step => step.Reason == "captured by a closure" && (step.Expression == name || step.Expression.StartsWith(".autotmp_", StringComparison.Ordinal)))
            .Select(step => (step.Place, IsByValue: step.Expression == name ? isByValue : false))
            .Distinct()
            .OrderBy(use => use.Place)
            .Select(use => new EscapeCapture(use.IsByValue, use.Place, ClosureAround(use.Place, function)))];
        return captures.Count > 0 || facts.Count == 0 ? captures : [new EscapeCapture(isByValue, default, null)];
    }

    private static bool FlowsThrough(EscapeExplanation explanation, string name) => explanation.Flows.Any(flow => flow.Target == name || flow.Source == name);

    private bool IsIn(EscapeFact head, string function, EscapePlace declared)
    {
        string other = head.Function.Length > 0 ? head.Function : FunctionAt(head.Place);
        return other.Length == 0 || function.Length == 0 ? head.Place.Line == declared.Line : EscapeNames.RootOf(other) == EscapeNames.RootOf(function);
    }
}
