using System.Runtime.InteropServices;
using Faultline.Binaries.Code.Arm64;
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
    private CodeStep[] steps = [];
    private readonly List<BasicBlock> blocks = [];
    private int[] blockAt = [];

    private FunctionBody(FuncInfo function, FlowContext context)
    {
        Function = function;
        this.context = context;
    }

    public FuncInfo Function { get; }

    /// <summary>The instructions of amd64 code; empty for other code.</summary>
    public ReadOnlySpan<Instruction> Instructions => instructions;

    /// <summary>The instructions of any code, by the same indexes.</summary>
    public ReadOnlySpan<CodeStep> Steps => steps;

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
        body.steps = Array.ConvertAll(body.instructions, instruction => StepOf(instruction));
        body.CutBlocks();
        return body;
    }

    /// <summary>Cuts a function of arm64 code into blocks; their data flow is not followed.</summary>
    public static FunctionBody ParseArm64(FuncInfo function, GoBinary binary, FlowContext context)
    {
        var body = new FunctionBody(function, context);
        int size = (int)Math.Min(function.End > function.Entry ? function.End - function.Entry : 0, InstructionLimit * Arm64Instruction.Size);
        byte[] bytes = new byte[size];
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, binary.Read(function.Entry, bytes) & ~(Arm64Instruction.Size - 1)));
        body.steps = new CodeStep[words.Length];
        for (int index = 0; index < words.Length; index++)
            body.steps[index] = StepOf(Arm64Instruction.Decode(words[index], function.Entry + (ulong)(index * Arm64Instruction.Size)), function.Entry + (ulong)(index * Arm64Instruction.Size));
        body.CutBlocks();
        return body;
    }

    public bool IsInside(ulong address) => address >= Function.Entry && address < Function.End;

    /// <summary>The block that starts at an address; -1 when none does.</summary>
    public int FindBlock(ulong address) => IndexOf(address) is >= 0 and var index ? blockAt[index] : -1;

    /// <summary>Instructions come in address order, so an address is found by halving.</summary>
    private int IndexOf(ulong address)
    {
        (int low, int high) = (0, steps.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ulong at = steps[middle].Address;
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
        var isStart = new bool[steps.Length + 1];
        isStart[0] = true;
        for (int i = 0; i < steps.Length; i++)
        {
            ref readonly CodeStep step = ref steps[i];
            if (HasNearTarget(step) && IsInside(step.Target) && IndexOf(step.Target) is >= 0 and var target)
                isStart[target] = true;
            if (EndsBlock(step))
                isStart[i + 1] = true;
        }
        if (Array.Exists(steps, step => step.Kind == StepKind.IndirectJump))
            MarkTableTargets(isStart);
        blockAt = new int[steps.Length];
        Array.Fill(blockAt, -1);
        for (int from = 0; from < steps.Length;)
        {
            int to = from + 1;
            while (to < steps.Length && !isStart[to])
                to++;
            blockAt[from] = blocks.Count;
            blocks.Add(new BasicBlock(from, to));
            from = to;
        }
        foreach (BasicBlock block in blocks)
            Connect(block);
    }

    private void MarkTableTargets(bool[] isStart)
    {
        foreach (ref readonly Instruction instruction in instructions.AsSpan())
        {
            if (instruction.Mnemonic != Mnemonic.Lea || !instruction.IsIPRelativeMemoryOperand)
                continue;
            foreach (int entry in JumpTable.Targets(instruction.IPRelativeMemoryAddress, IndexOf, context.ReadWord))
                isStart[entry] = true;
        }
    }

    private void Connect(BasicBlock block)
    {
        ref readonly CodeStep last = ref steps[block.End - 1];
        if (HasNearTarget(last) && IsInside(last.Target) && FindBlock(last.Target) is >= 0 and var taken)
            block.Successors.Add(taken);
        bool fallsThrough = !EndsBlock(last) || last.Kind == StepKind.ConditionalJump;
        if (fallsThrough && block.End < steps.Length)
            block.Successors.Add(blockAt[block.End]);
    }

    private static bool HasNearTarget(in CodeStep step) => step.Kind is StepKind.ConditionalJump or StepKind.Jump;

    private bool EndsBlock(in CodeStep step) => step.Kind switch
    {
        StepKind.Next or StepKind.IndirectCall => false,
        StepKind.Call => context.RoleOf(step.Target) == RuntimeRole.NoReturn,
        _ => true,
    };

    internal static CodeStep StepOf(in Instruction instruction)
    {
        StepKind kind = instruction.FlowControl switch
        {
            FlowControl.ConditionalBranch => StepKind.ConditionalJump,
            FlowControl.UnconditionalBranch => StepKind.Jump,
            FlowControl.IndirectBranch => StepKind.IndirectJump,
            FlowControl.Return => StepKind.Return,
            FlowControl.Interrupt or FlowControl.Exception => StepKind.Stop,
            FlowControl.Call when instruction.IsCallNear => StepKind.Call,
            FlowControl.Call or FlowControl.IndirectCall when instruction.Mnemonic == Mnemonic.Call => StepKind.IndirectCall,
            _ => instruction.IsInvalid ? StepKind.Stop : StepKind.Next,
        };
        bool isDirect = kind is StepKind.ConditionalJump or StepKind.Jump or StepKind.Call;
        return new CodeStep(instruction.IP, instruction.NextIP, kind, isDirect ? instruction.NearBranchTarget : 0);
    }

    internal static CodeStep StepOf(in Arm64Instruction instruction, ulong address)
    {
        StepKind kind = instruction.Kind switch
        {
            Arm64Kind.Jump => StepKind.Jump,
            Arm64Kind.ConditionalJump => StepKind.ConditionalJump,
            Arm64Kind.IndirectJump => StepKind.IndirectJump,
            Arm64Kind.Call => StepKind.Call,
            Arm64Kind.IndirectCall => StepKind.IndirectCall,
            Arm64Kind.Return => StepKind.Return,
            Arm64Kind.Stop => StepKind.Stop,
            _ => StepKind.Next,
        };
        bool isDirect = kind is StepKind.ConditionalJump or StepKind.Jump or StepKind.Call;
        return new CodeStep(address, address + Arm64Instruction.Size, kind, isDirect ? instruction.Target : 0);
    }
}
