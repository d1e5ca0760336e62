namespace Faultline.Binaries.Code;

/// <summary>
/// Loops that zero or copy part of the frame. Go 1.26 and later write them in the open instead of calling Duff's devices: a pointer is
/// advanced by a fixed step while a counter runs down.
/// </summary>
internal static class FrameLoops
{
    private const long CountLimit = 1 << 16;
    private const long SizeLimit = 64 * 1024;
    private const long Slack = 64;

    /// <summary>The part of the frame that an advancing pointer passes over, as offsets from the stack pointer at entry.</summary>
    public static bool TryFindRange(ValuePool pool, FlowState state, int address, out long start, out long size)
    {
        (start, size) = (0, 0);
        int root = pool[address].Kind is ValueKind.Offset or ValueKind.Element ? pool[address].Base : address;
        if (pool[root].Kind != ValueKind.Merge)
            return false;
        long lowest = long.MaxValue;
        long highest = long.MinValue;
        long step = 0;
        foreach (int operand in pool.Operands(root))
        {
            SymbolicValue value = pool[operand];
            if (value.Kind == ValueKind.StackAddress)
                (lowest, highest) = (Math.Min(lowest, value.Payload), Math.Max(highest, value.Payload));
            else if (value.Kind == ValueKind.Offset && value.Base == root)
                step = Math.Max(step, Math.Abs(value.Payload));
        }
        if (lowest == long.MaxValue || highest - lowest > SizeLimit)
            return false;
        long count = step == 0 ? 0 : Count(pool, state);
        start = lowest - Slack;
        size = Math.Min(highest - lowest + (count * Math.Min(step, SizeLimit)), SizeLimit) + (2 * Slack);
        return true;
    }

    /// <summary>The largest number that a register which changes in the loop can have started from.</summary>
    private static long Count(ValuePool pool, FlowState state)
    {
        long count = 0;
        for (int register = 0; register < 16; register++)
        {
            if (pool[state[register]].Kind is not (ValueKind.Merge or ValueKind.Offset))
                continue;
            int merge = pool[state[register]].Kind == ValueKind.Offset ? pool[state[register]].Base : state[register];
            foreach (int operand in pool.Operands(merge))
            {
                if (pool[operand] is { Kind: ValueKind.Constant, Payload: > 0 and <= CountLimit } number)
                    count = Math.Max(count, number.Payload);
            }
        }
        return count;
    }
}
