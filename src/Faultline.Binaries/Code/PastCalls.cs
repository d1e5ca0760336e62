namespace Faultline.Binaries.Code;

/// <summary>
/// Which calls of a function can have returned when control stands at an address in it. Jumps through tables are taken to lead to every block,
/// so a call is left out only when no path exists.
/// </summary>
internal static class PastCalls
{
    /// <summary>The calls; null when the address is no instruction of a function whose flow can be followed.</summary>
    /// <param name="model">The program.</param>
    /// <param name="address">Where control stands: a return address or the next instruction to run.</param>
    /// <param name="since">A return address in the same function: only calls made after it count; 0 for all.</param>
    public static IReadOnlyList<CallInstruction>? Find(CodeModel model, ulong address, ulong since)
    {
        int function = model.Functions.IndexAt(address);
        if (function < 0)
            return null;
        FunctionBody body = model.ReadBody(function);
        if (Locate(body, address) is not { } end || (since != 0 && Locate(body, since) is null))
            return null;

        bool[] before = Spread(body, end.Block, Predecessors(body));
        bool[]? after = since == 0 ? null : Spread(body, Locate(body, since)!.Value.Block, Successors(body));
        int first = since == 0 ? 0 : Locate(body, since)!.Value.Instruction;
        int firstBlock = since == 0 ? -1 : Locate(body, since)!.Value.Block;
        var calls = new List<CallInstruction>();
        for (int b = 0; b < body.Blocks.Count; b++)
        {
            if (!before[b] && b != end.Block || after is not null && !after[b] && b != firstBlock)
                continue;
            BasicBlock block = body.Blocks[b];
            // A block in a loop runs wholly before it is entered again.
            int from = b == firstBlock && !after![b] ? first : block.Start;
            int to = before[b] ? block.End : end.Instruction;
            for (int i = from; i < to; i++)
            {
                if (CallAt(model, body.Steps[i]) is { } call && (call.ReturnAddress != address || before[b]))
                    calls.Add(call);
            }
        }

        return calls;
    }

    /// <summary>True unless no path from the function's entry leads to a return or out of the function; true when its flow cannot be followed.</summary>
    public static bool CanReturn(CodeModel model, int function)
    {
        FunctionBody body = model.ReadBody(function);
        if (body.Blocks.Count == 0)
            return true;
        bool[] reached = Spread(body, 0, Successors(body));
        reached[0] = true;
        for (int b = 0; b < reached.Length; b++)
        {
            CodeStep last = body.Steps[body.Blocks[b].End - 1];
            bool leaves = last.Kind is StepKind.Return or StepKind.IndirectJump || (last.Kind == StepKind.Jump && !body.IsInside(last.Target));
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

    private static (int Block, int Instruction)? Locate(FunctionBody body, ulong address)
    {
        for (int b = 0; b < body.Blocks.Count; b++)
        {
            BasicBlock block = body.Blocks[b];
            for (int i = block.Start; i < block.End; i++)
            {
                if (body.Steps[i].Address == address)
                    return (b, i);
            }
        }

        return null;
    }

    /// <summary>Blocks that a walk along edges from a block comes to; the block itself only when it lies on a cycle.</summary>
    private static bool[] Spread(FunctionBody body, int start, List<int>[] edges)
    {
        var seen = new bool[body.Blocks.Count];
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

    private static List<int>[] Successors(FunctionBody body)
    {
        var edges = new List<int>[body.Blocks.Count];
        for (int b = 0; b < edges.Length; b++)
        {
            BasicBlock block = body.Blocks[b];
            edges[b] = body.Steps[block.End - 1].Kind == StepKind.IndirectJump
                ? [.. Enumerable.Range(0, edges.Length)]
                : [.. block.Successors];
        }

        return edges;
    }

    private static List<int>[] Predecessors(FunctionBody body)
    {
        var edges = new List<int>[body.Blocks.Count];
        for (int b = 0; b < edges.Length; b++)
            edges[b] = [];
        List<int>[] successors = Successors(body);
        for (int b = 0; b < edges.Length; b++)
        {
            foreach (int successor in successors[b])
                edges[successor].Add(b);
        }

        return edges;
    }
}
