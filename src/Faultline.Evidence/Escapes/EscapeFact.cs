namespace Faultline.Evidence.Escapes;

/// <summary>One line of the compiler's output, kept.</summary>
public sealed record EscapeFact
{
    public required EscapeKind Kind { get; init; }

    /// <summary>The place that it is about: a declaration, an expression, a call.</summary>
    public required EscapePlace Place { get; init; }

    /// <summary>A variable, an expression or a function; empty for kinds that have none.</summary>
    public required string Subject { get; init; }

    /// <summary>Where it goes to or why, by the kind; empty when there is none. The body of an inlined function is not kept.</summary>
    public string Object { get; init; } = "";

    /// <summary>The function in which it happens, without its package; empty when not printed (most kinds before Go 1.25).</summary>
    public string Function { get; init; } = "";

    /// <summary>Level, dereferences, cost or width in bytes, by the kind.</summary>
    public int Number { get; init; }

    /// <summary>Of a capture: by value; else by reference.</summary>
    public bool IsByValue { get; init; }

    /// <summary>Of a capture: the variable's address is taken.</summary>
    public bool IsAddressTaken { get; init; }

    /// <summary>Of a capture: the variable is assigned to after its declaration.</summary>
    public bool IsAssigned { get; init; }

    /// <summary>The package of the header above; empty when there is none.</summary>
    public required string Package { get; init; }

    /// <summary>One-based line of the log.</summary>
    public required long LogLine { get; init; }
}

/// <summary>Why and where a flow happens.</summary>
/// <param name="Expression">What flows.</param>
/// <param name="Reason">The compiler's word: <c>captured by a closure</c>, <c>call parameter</c>, <c>assign</c>.</param>
/// <param name="Place">Where.</param>
public sealed record EscapeStep(string Expression, string Reason, EscapePlace Place);

/// <summary>One flow of an explanation.</summary>
/// <param name="Target">Where it goes: <c>{heap}</c>, <c>{storage for func literal}</c>, a variable.</param>
/// <param name="Derefs">How many pointers are followed; -1: the address itself flows.</param>
/// <param name="Source">What flows.</param>
/// <param name="Steps">In the order printed.</param>
public sealed record EscapeFlow(string Target, int Derefs, string Source, IReadOnlyList<EscapeStep> Steps);

/// <summary>Why something escapes, or a parameter leaks.</summary>
/// <param name="Head">An <see cref="EscapeKind.EscapeReason"/> or an <see cref="EscapeKind.LeakReason"/>.</param>
/// <param name="Flows">From the subject outwards.</param>
/// <param name="IsCutOff">The compiler, or a cap, cut it off.</param>
public sealed record EscapeExplanation(EscapeFact Head, IReadOnlyList<EscapeFlow> Flows, bool IsCutOff)
{
    /// <summary>All steps, in order.</summary>
    public IEnumerable<EscapeStep> Steps => Flows.SelectMany(flow => flow.Steps);
}
