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
    private Instruction[] instructions = [];
    private readonly List<BasicBlock> blocks = [];
    private int[] blockAt = [];

    private FunctionBody(FuncInfo function, FlowContext context)
    {
        Function = function;
        this.context = context;
    }

    public FuncInfo Function { get; }

    public ReadOnlySpan<Instruction> Instructions => instructions;

    public IReadOnlyList<BasicBlock> Blocks => blocks;

    /// <summary>Cuts a function into blocks.</summary>
    /// <param name="function">The function.</param>
    /// <param name="decoder">A decoder that this call may move.</param>
    /// <param name="context">The rest of the program.</param>
    public static FunctionBody Parse(FuncInfo function, FunctionDecoder decoder, FlowContext context)
    {
        var body = new FunctionBody(function, context);
        var decoded = new List<Instruction>((int)Math.Min(function.End - function.Entry, 1 << 16) / 4);
        decoder.Start(function);
        while (decoded.Count < InstructionLimit && decoder.TryDecode(out Instruction instruction))
            decoded.Add(instruction);
        body.instructions = [.. decoded];
        body.CutBlocks();
        return body;
    }

    /// <summary>A function whose instructions are not looked at: no blocks.</summary>
    public static FunctionBody Opaque(FuncInfo function, FlowContext context) => new(function, context);

    public bool IsInside(ulong address) => address >= Function.Entry && address < Function.End;

    /// <summary>The block that starts at an address; -1 when none does.</summary>
    public int FindBlock(ulong address) => IndexOf(address) is >= 0 and var index ? blockAt[index] : -1;

    /// <summary>Instructions come in address order, so an address is found by halving.</summary>
    private int IndexOf(ulong address)
    {
        (int low, int high) = (0, instructions.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ulong at = instructions[middle].IP;
            if (at == address)
                return middle;
            if (at < address)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    private void CutBlocks()
    {
        var isStart = new bool[instructions.Length + 1];
        isStart[0] = true;
        bool hasIndirectJump = Array.Exists(instructions, i => i.FlowControl == FlowControl.IndirectBranch);
        for (int i = 0; i < instructions.Length; i++)
        {
            ref readonly Instruction instruction = ref instructions[i];
            if (HasNearTarget(instruction) && IsInside(instruction.NearBranchTarget) && IndexOf(instruction.NearBranchTarget) is >= 0 and var target)
                isStart[target] = true;
            if (EndsBlock(instruction))
                isStart[i + 1] = true;
            if (hasIndirectJump && instruction.Mnemonic == Mnemonic.Lea && instruction.IsIPRelativeMemoryOperand)
            {
                foreach (int entry in JumpTable.Targets(instruction.IPRelativeMemoryAddress, IndexOf, context.ReadWord))
                    isStart[entry] = true;
            }
        }
        blockAt = new int[instructions.Length];
        Array.Fill(blockAt, -1);
        for (int from = 0; from < instructions.Length;)
        {
            int to = from + 1;
            while (to < instructions.Length && !isStart[to])
                to++;
            blockAt[from] = blocks.Count;
            blocks.Add(new BasicBlock(from, to));
            from = to;
        }
        foreach (BasicBlock block in blocks)
            Connect(block);
    }

    private void Connect(BasicBlock block)
    {
        ref readonly Instruction last = ref instructions[block.End - 1];
        if (HasNearTarget(last) && IsInside(last.NearBranchTarget) && FindBlock(last.NearBranchTarget) is >= 0 and var taken)
            block.Successors.Add(taken);
        bool fallsThrough = !EndsBlock(last) || last.FlowControl == FlowControl.ConditionalBranch;
        if (fallsThrough && block.End < instructions.Length)
            block.Successors.Add(blockAt[block.End]);
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
