using Faultline.Binaries.Code.Appends;
using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>
/// The data flow of one function: what every store, call and return of it carries, as symbolic values. Forward over basic blocks until
/// nothing changes; where paths meet with different values the value is a merge of them.
/// </summary>
internal sealed class FunctionFlow
{
    // Blocks can be visited again while values still spread; this bounds hostile control flow.
    private const int VisitsPerBlock = 24;
    private const int BlockLimit = 40_000;
    private const int FrameSizeLimit = 64 * 1024;
    private const int ArgumentAreaSize = 512;
    private const int RedZone = 128;

    private readonly List<StoreFact> stores = [];
    private readonly List<CallFact> calls = [];
    private readonly List<ReturnFact> returns = [];
    private readonly Dictionary<ulong, CallFact> callsByAddress = [];

    private FunctionFlow(FuncInfo function, StackObjects stackObjects)
    {
        Function = function;
        StackObjects = stackObjects;
    }

    public FuncInfo Function { get; }

    public ValuePool Values { get; } = new();

    public StackObjects StackObjects { get; }

    /// <summary>Stores of words to memory, except those to stack slots whose address is not taken.</summary>
    public IReadOnlyList<StoreFact> Stores => stores;

    public IReadOnlyList<CallFact> Calls => calls;

    public IReadOnlyList<ReturnFact> Returns => returns;

    /// <summary>The uses of each value; made on first use.</summary>
    public FlowUses Uses => field ??= new FlowUses(this);

    /// <summary>False when part of the function was left out (too large, or jumps that cannot be followed): absence then proves nothing.</summary>
    public bool IsExhaustive { get; private set; } = true;

    public CallFact? FindCall(ulong address) => callsByAddress.GetValueOrDefault(address);

    /// <param name="body">The function.</param>
    /// <param name="stackObjects">Its variables whose address is taken.</param>
    /// <param name="context">The rest of the program.</param>
    /// <param name="touches">Gets what it touches behind pointers, in no order; null when nobody wants that. The values are the same with and without.</param>
    /// <param name="accesses">Gets the accesses to memory; null when nobody wants them. They can have values of their own, numbered after all others.</param>
    public static FunctionFlow Analyse(FunctionBody body, StackObjects stackObjects, FlowContext context, List<MemoryTouch>? touches = null, List<MemoryAccess>? accesses = null)
    {
        var flow = new FunctionFlow(body.Function, stackObjects);
        flow.Run(body, context, touches, accesses);
        return flow;
    }

    /// <summary>Notes a jump whose targets are unknown.</summary>
    public void LosePath() => IsExhaustive = false;

    public void AddStore(StoreFact store) => stores.Add(store);

    public void AddReturn(ReturnFact fact) => returns.Add(fact);

    public void AddCall(CallFact call)
    {
        if (callsByAddress.TryAdd(call.Address, call))
            calls.Add(call);
    }

    private void Run(FunctionBody body, FlowContext context, List<MemoryTouch>? touches, List<MemoryAccess>? accesses)
    {
        IReadOnlyList<BasicBlock> blocks = body.Blocks;
        if (blocks.Count is 0 or > BlockLimit || body.Instructions.IsEmpty)
        {
            IsExhaustive = false;
            return;
        }
        long frame = Math.Min(FrameSize(body), FrameSizeLimit);
        int slotCount = (int)((frame + RedZone + ArgumentAreaSize) / 8);
        var entry = new FlowState(new SlotNumbers(-((frame + RedZone) / 8 * 8), slotCount));
        entry[AbiRegisters.Rsp] = Values.StackAddress(0);
        entry[AbiRegisters.ClosureContext] = Values.ClosureContext();
        for (int i = 0; i < AbiRegisters.ArgumentCount; i++)
            entry[AbiRegisters.OfArgument(i)] = Values.Parameter(i);
        for (int i = 0; i < 16; i++)
            entry[i] = entry[i] == ValuePool.None ? ValuePool.Unknown : entry[i];

        var transfer = new FlowTransfer(this, body, context) { Touches = touches };
        var states = new FlowState?[blocks.Count];
        states[0] = entry;
        Spread(body, states, new SortedSet<int> { 0 }, transfer);
        VisitUnreached(body, states, frame, transfer);

        transfer.IsRecording = true;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (states[i] is { } state)
                transfer.Apply(blocks[i], accesses is null ? state : state.Copy());
        }

        // Once more for the accesses, so that what they number comes after all other values.
        transfer.IsRecording = false;
        transfer.Accesses = accesses;
        for (int i = 0; i < blocks.Count && accesses is not null; i++)
        {
            if (states[i] is { } state)
                transfer.Apply(blocks[i], state);
        }
    }

    private void Spread(FunctionBody body, FlowState?[] states, SortedSet<int> pending, FlowTransfer transfer, Func<int, bool>? isReached = null)
    {
        var visits = new int[states.Length];
        FlowState scratch = states[pending.Min]!.Copy();
        while (pending.Count > 0)
        {
            int index = pending.Min;
            pending.Remove(index);
            if (++visits[index] > VisitsPerBlock)
            {
                IsExhaustive = false;
                continue;
            }
            BasicBlock block = body.Blocks[index];
            scratch.CopyFrom(states[index]!);
            transfer.Apply(block, scratch);
            foreach (int successor in block.Successors)
            {
                if (isReached is not null && isReached(successor))
                    continue;
                if (states[successor] is not { } known)
                {
                    states[successor] = scratch.Copy();
                    pending.Add(successor);
                }
                else if (known.Join(scratch, successor, Values))
                {
                    pending.Add(successor);
                }
            }
        }
    }

    /// <summary>
    /// Code that no jump reached: behind calls that were taken for endless, deferred-return landing pads, unresolved jump tables. It is
    /// walked from a state in which only the stack pointer is known, so that its calls are seen. It does not flow back into the code
    /// that was reached: the stack growth at the end of a function would otherwise make everything unknown.
    /// </summary>
    private void VisitUnreached(FunctionBody body, FlowState?[] states, long frame, FlowTransfer transfer)
    {
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i] is not null)
                continue;
            FlowState state = states[0]!.Copy();
            state.Fill(ValuePool.Unknown);
            state[AbiRegisters.Rsp] = Values.StackAddress(-frame);
            states[i] = state;
            var beyond = new FlowState?[states.Length];
            for (int j = 0; j < states.Length; j++)
                beyond[j] = j == i ? state : null;
            Spread(body, beyond, new SortedSet<int> { i }, transfer, isReached: block => states[block] is not null && block != i);
            for (int j = 0; j < states.Length; j++)
                states[j] ??= beyond[j];
        }
    }

    /// <summary>Bytes between the stack pointer at entry and in the body of the function.</summary>
    private static long FrameSize(FunctionBody body)
    {
        long size = 0;
        long largest = 0;
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.Mnemonic == Mnemonic.Push)
                size += 8;
            else if (instruction.Mnemonic == Mnemonic.Pop)
                size -= 8;
            else if (instruction.Mnemonic is Mnemonic.Sub or Mnemonic.Add && instruction.Op0Register == Register.RSP && IsImmediate(instruction.Op1Kind))
                size += instruction.Mnemonic == Mnemonic.Sub ? (long)instruction.GetImmediate(1) : -(long)instruction.GetImmediate(1);
            else if (instruction.FlowControl == FlowControl.Return)
                size = largest;
            largest = Math.Max(largest, size);
        }
        return largest;
    }

    private static bool IsImmediate(OpKind kind) => kind is OpKind.Immediate8 or OpKind.Immediate32 or OpKind.Immediate8to64 or OpKind.Immediate32to64 or OpKind.Immediate64;
}
