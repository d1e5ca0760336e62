namespace Faultline.Binaries.Code;

/// <summary>
/// Which calls of a function can have returned when control stands at an address in it. Jumps through tables are taken to lead to every block,
/// so a call is left out only when no path exists.
/// </summary>
internal sealed class PastCalls
{
    private readonly CodeModel model;
    private readonly FunctionBody body;
    private readonly List<int>[] successors;
    private readonly List<int>[] predecessors;
    private readonly Dictionary<int, bool[]> before = [];
    private readonly Dictionary<int, bool[]> after = [];
    private readonly Dictionary<ulong, (int Block, int Instruction)> places = [];

    /// <summary>For several questions about one function.</summary>
    public PastCalls(CodeModel model, int function)
    {
        this.model = model;
        body = model.ReadBody(function);
        successors = Successors(body);
        predecessors = Predecessors(successors);
        for (int b = 0; b < body.Blocks.Count; b++)
        {
            for (int i = body.Blocks[b].Start; i < body.Blocks[b].End; i++)
                places.TryAdd(body.Steps[i].Address, (b, i));
        }
    }

    /// <summary>The calls; null when the address is no instruction of a function whose flow can be followed.</summary>
    /// <param name="model">The program.</param>
    /// <param name="address">Where control stands: a return address or the next instruction to run.</param>
    /// <param name="since">A return address in the same function: only calls made after it count; 0 for all.</param>
    public static IReadOnlyList<CallInstruction>? Find(CodeModel model, ulong address, ulong since)
        => model.Functions.IndexAt(address) is >= 0 and var function ? new PastCalls(model, function).Find(address, since) : null;

    /// <summary>The same, for this function.</summary>
    public IReadOnlyList<CallInstruction>? Find(ulong address, ulong since)
    {
        if (!places.TryGetValue(address, out var end))
            return null;
        (int Block, int Instruction) start = (-1, 0);
        if (since != 0 && !places.TryGetValue(since, out start))
            return null;

        bool[] leadsHere = Spread(before, end.Block, predecessors);
        bool[]? follows = since == 0 ? null : Spread(after, start.Block, successors);
        int firstBlock = since == 0 ? -1 : start.Block;
        var calls = new List<CallInstruction>();
        for (int b = 0; b < body.Blocks.Count; b++)
        {
            if (!leadsHere[b] && b != end.Block || follows is not null && !follows[b] && b != firstBlock)
                continue;
            BasicBlock block = body.Blocks[b];
            // A block in a loop runs wholly before it is entered again.
            int from = b == firstBlock && !follows![b] ? start.Instruction : block.Start;
            int to = leadsHere[b] ? block.End : end.Instruction;
            for (int i = from; i < to; i++)
            {
                if (CallAt(model, body.Steps[i]) is { } call && (call.ReturnAddress != address || leadsHere[b]))
                    calls.Add(call);
            }
        }

        return calls;
    }

    /// <summary>True unless no path from the function's entry leads to a return or out of the function; true when its flow cannot be followed.</summary>
    public static bool CanReturn(CodeModel model, int function)
    {
        FunctionBody code = model.ReadBody(function);
        if (code.Blocks.Count == 0)
            return true;
        bool[] reached = Spread(0, Successors(code));
        reached[0] = true;
        for (int b = 0; b < reached.Length; b++)
        {
            CodeStep last = code.Steps[code.Blocks[b].End - 1];
            bool leaves = last.Kind is StepKind.Return or StepKind.IndirectJump || (last.Kind == StepKind.Jump && !code.IsInside(last.Target));
            if (reached[b] && leaves)
                return true;
        }

        return false;
    }

    private static CallInstruction? CallAt(CodeModel model, in CodeStep step)
    {
        if (step.Kind == StepKind.IndirectCall)
            return new CallInstruction(step.NextAddress, 0, "");
        if (step.Kind != StepKind.Call)
            return null;
        int target = model.Functions.IndexAt(step.Target);
        return new CallInstruction(step.NextAddress, step.Target, target < 0 ? "" : model.Functions[target].Name);
    }

    /// <summary>Blocks that a walk along edges from a block comes to; the block itself only when it lies on a cycle.</summary>
    private static bool[] Spread(int start, List<int>[] edges)
    {
        var seen = new bool[edges.Length];
        var pending = new Stack<int>(edges[start]);
        while (pending.TryPop(out int block))
        {
            if (seen[block])
                continue;
            seen[block] = true;
            foreach (int next in edges[block])
                pending.Push(next);
        }

        return seen;
    }

    private static bool[] Spread(Dictionary<int, bool[]> known, int start, List<int>[] edges)
    {
        if (!known.TryGetValue(start, out bool[]? seen))
            known.Add(start, seen = Spread(start, edges));
        return seen;
    }

    private static List<int>[] Successors(FunctionBody code)
    {
        var edges = new List<int>[code.Blocks.Count];
        for (int b = 0; b < edges.Length; b++)
        {
            BasicBlock block = code.Blocks[b];
            edges[b] = code.Steps[block.End - 1].Kind == StepKind.IndirectJump
                ? [.. Enumerable.Range(0, edges.Length)]
                : [.. block.Successors];
        }

        return edges;
    }

    private static List<int>[] Predecessors(List<int>[] successors)
    {
        var edges = new List<int>[successors.Length];
        for (int b = 0; b < edges.Length; b++)
            edges[b] = [];
        for (int b = 0; b < edges.Length; b++)
        {
            foreach (int successor in successors[b])
                edges[successor].Add(b);
        }

        return edges;
    }
}
