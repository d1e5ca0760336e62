using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>A basic block: instructions <c>[Start, End)</c> of its function.</summary>
internal sealed class BasicBlock(int start, int end)
{
    public int Start { get; } = start;

    public int End { get; } = end;

    /// <summary>Indexes of the blocks that can follow.</summary>
    public List<int> Successors { get; } = [];
}

/// <summary>The instructions of one function, cut into basic blocks. Calls do not end a block, unless they never return.</summary>
internal sealed class FunctionBody
{
    // Functions beyond this many instructions are tables in code form; their flow is not followed.
    private const int InstructionLimit = 400_000;

    private readonly FlowContext context;
    private readonly Dictionary<ulong, int> indexes = [];
    private readonly List<Instruction> instructions = [];
    private readonly List<BasicBlock> blocks = [];
    private readonly Dictionary<int, int> blockAt = [];

    private FunctionBody(FuncInfo function, FlowContext context)
    {
        Function = function;
        this.context = context;
    }

    public FuncInfo Function { get; }

    public IReadOnlyList<Instruction> Instructions => instructions;

    public IReadOnlyList<BasicBlock> Blocks => blocks;

    /// <summary>Cuts a function into blocks.</summary>
    /// <param name="function">The function.</param>
    /// <param name="decoder">A decoder that this call may move.</param>
    /// <param name="context">The rest of the program.</param>
    public static FunctionBody Parse(FuncInfo function, FunctionDecoder decoder, FlowContext context)
    {
        var body = new FunctionBody(function, context);
        decoder.Start(function);
        while (body.instructions.Count < InstructionLimit && decoder.TryDecode(out Instruction instruction))
        {
            body.indexes[instruction.IP] = body.instructions.Count;
            body.instructions.Add(instruction);
        }
        body.CutBlocks();
        return body;
    }

    public bool IsInside(ulong address) => address >= Function.Entry && address < Function.End;

    /// <summary>The block that starts at an address; -1 when none does.</summary>
    public int FindBlock(ulong address) => indexes.TryGetValue(address, out int index) && blockAt.TryGetValue(index, out int block) ? block : -1;

    private void CutBlocks()
    {
        var starts = new SortedSet<int> { 0 };
        bool hasIndirectJump = instructions.Exists(i => i.FlowControl == FlowControl.IndirectBranch);
        for (int i = 0; i < instructions.Count; i++)
        {
            Instruction instruction = instructions[i];
            if (HasNearTarget(instruction) && indexes.TryGetValue(instruction.NearBranchTarget, out int target))
                starts.Add(target);
            if (EndsBlock(instruction))
                starts.Add(i + 1);
            if (hasIndirectJump && instruction.Mnemonic == Mnemonic.Lea && instruction.IsIPRelativeMemoryOperand)
                starts.UnionWith(JumpTable.Targets(instruction.IPRelativeMemoryAddress, indexes, context.ReadWord));
        }
        starts.Remove(instructions.Count);
        starts.Add(instructions.Count);
        int from = 0;
        foreach (int to in starts)
        {
            if (to > from)
            {
                blockAt.Add(from, blocks.Count);
                blocks.Add(new BasicBlock(from, to));
            }
            from = to;
        }
        foreach (BasicBlock block in blocks)
            Connect(block);
    }

    private void Connect(BasicBlock block)
    {
        Instruction last = instructions[block.End - 1];
        if (HasNearTarget(last) && indexes.TryGetValue(last.NearBranchTarget, out int target) && blockAt.TryGetValue(target, out int taken))
            block.Successors.Add(taken);
        bool fallsThrough = !EndsBlock(last) || last.FlowControl == FlowControl.ConditionalBranch;
        if (fallsThrough && blockAt.TryGetValue(block.End, out int next))
            block.Successors.Add(next);
    }

    private static bool HasNearTarget(in Instruction instruction) =>
        instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch;

    private bool EndsBlock(in Instruction instruction) => instruction.FlowControl switch
    {
        FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return
            or FlowControl.Interrupt or FlowControl.Exception => true,
        FlowControl.Call => instruction.IsCallNear && context.RoleOf(instruction.NearBranchTarget) == RuntimeRole.NoReturn,
        _ => instruction.IsInvalid,
    };
}
