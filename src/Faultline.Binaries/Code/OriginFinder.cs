namespace Faultline.Binaries.Code;

/// <summary>
/// Follows values backwards through functions: to the constants, allocations, variables and typed fields that they come from. Values
/// depend on each other in circles (a loop over a linked list, recursion), so this solves equations: every value starts with no origins
/// and is worked out again whenever one that it depends on has changed. What is solved stays solved.
/// </summary>
internal sealed class OriginFinder
{
    // What one question may cost; beyond it, values that were not looked at yet count as unknown.
    private const int NewValuesPerQuestion = 6_000;
    private const int EvaluationsPerValue = 40;

    private readonly OriginRules rules;
    private readonly Dictionary<FunctionValue, Equation> equations = [];
    private readonly PriorityQueue<Equation, int> pending = new();
    private readonly OriginSet unknown = new();
    private Equation? current;
    private int budget;

    public OriginFinder(CodeModel model, PointerFlow pointers)
    {
        rules = new OriginRules(model, pointers, Visit);
        unknown.Lose();
    }

    /// <summary>The origins of a value of a function.</summary>
    public OriginSet Find(int function, int value)
    {
        var key = new FunctionValue(function, value);
        return equations.TryGetValue(key, out Equation? solved) ? solved.Origins : Solve(() => Visit(key));
    }

    /// <summary>The origins of the word at an offset from a pointer.</summary>
    public OriginSet FindBehind(int function, int pointer, long offset) => Solve(() => rules.ComputeBehind(function, pointer, offset));

    /// <summary>The origins of a value that is used as a pointer: those of what variables hold, in place of the variables.</summary>
    public OriginSet FindPointer(int function, int value) => Solve(() => rules.ComputePointer(function, value));

    /// <summary>The functions that a call can reach, as far as they are known.</summary>
    public IReadOnlyList<int> FindCallees(int function, CallFact call)
    {
        IReadOnlyList<int> callees = [];
        Solve(() =>
        {
            callees = rules.FindCallees(function, call);
            return unknown;
        });
        return callees;
    }

    private OriginSet Solve(Func<OriginSet> question)
    {
        budget = NewValuesPerQuestion;
        var root = new Equation(-1, question);
        Enqueue(root);
        while (pending.TryDequeue(out Equation? equation, out _))
        {
            equation.IsPending = false;
            Evaluate(equation);
        }
        return root.Origins;
    }

    private void Evaluate(Equation equation)
    {
        if (equation.Evaluations > EvaluationsPerValue)
            return;
        current = equation;
        OriginSet origins = equation.Compute();
        current = null;
        if (++equation.Evaluations > EvaluationsPerValue)
            origins = origins.AsIncomplete();
        if (origins.SameAs(equation.Origins))
            return;
        equation.Origins = origins;
        foreach (Equation dependent in equation.Dependents)
            Enqueue(dependent);
    }

    private OriginSet Visit(FunctionValue key)
    {
        if (!equations.TryGetValue(key, out Equation? equation))
        {
            if (--budget < 0)
                return unknown;
            equation = new Equation(equations.Count, () => rules.Compute(key));
            equations.Add(key, equation);
            Enqueue(equation);
        }
        if (current is not null)
            equation.Dependents.Add(current);
        return equation.Origins;
    }

    /// <summary>Newer equations first: what a value depends on is mostly newer than itself, and then solved when its turn comes again.</summary>
    private void Enqueue(Equation equation)
    {
        if (equation.IsPending)
            return;
        equation.IsPending = true;
        pending.Enqueue(equation, -equation.Number);
    }

    private sealed class Equation(int number, Func<OriginSet> compute)
    {
        public int Number { get; } = number;

        public Func<OriginSet> Compute { get; } = compute;

        public OriginSet Origins { get; set; } = new();

        public HashSet<Equation> Dependents { get; } = [];

        public bool IsPending { get; set; }

        public int Evaluations { get; set; }
    }
}
