namespace Faultline.Binaries.Code.Listing;

/// <summary>Finds the checks among a function's instructions: from the calls of the runtime back to the jumps and comparisons before them.</summary>
internal sealed class CheckFinder(SymbolNames symbols)
{
    // A panic's block does no more than put its arguments in place.
    private const int BlockLimit = 24;
    private const int PrologueLimit = 8;
    private const int WriteBarrierReach = 6;

    private readonly Dictionary<ulong, RuntimeCheck> callees = [];
    private RuntimeCheck[] checks = [];

    public ReadOnlySpan<RuntimeCheck> Find(FunctionCode code)
    {
        int count = code.Count;
        if (checks.Length < count)
            checks = new RuntimeCheck[Math.Max(count, 1024)];
        bool hasChecks = false;
        for (int index = 0; index < count; index++)
        {
            CodeStep step = code.StepAt(index);
            checks[index] = step.Kind is StepKind.Call or StepKind.Jump ? OfCallee(step.Target) : code.IsNilCheck(index) ? RuntimeCheck.NilCheck : RuntimeCheck.None;
            hasChecks |= checks[index] is not (RuntimeCheck.None or RuntimeCheck.NilCheck);
        }

        if (hasChecks)
            MarkJumps(code, count);
        return checks.AsSpan(0, count);
    }

    private RuntimeCheck OfCallee(ulong target)
    {
        if (!callees.TryGetValue(target, out RuntimeCheck check))
            callees.Add(target, check = symbols.At(target) is { } name ? RuntimeChecks.OfCallee(name) : RuntimeCheck.None);
        return check;
    }

    private void MarkJumps(FunctionCode code, int count)
    {
        for (int index = 0; index < count; index++)
        {
            CodeStep step = code.StepAt(index);
            if (step.Kind != StepKind.ConditionalJump)
                continue;
            RuntimeCheck check = CheckOf(code, count, index, step.Target);
            if (check == RuntimeCheck.None)
                continue;
            checks[index] = check;
            for (int before = index - 1; before >= 0 && before >= index - (check == RuntimeCheck.StackCheck ? PrologueLimit : 1); before--)
            {
                if (checks[before] == RuntimeCheck.None && (code.IsComparison(before) || check == RuntimeCheck.StackCheck))
                    checks[before] = check;
            }
        }
    }

    private RuntimeCheck CheckOf(FunctionCode code, int count, int jump, ulong target)
    {
        int taken = code.IndexOf(target);
        if (taken >= 0)
        {
            RuntimeCheck panic = FirstCall(code, count, taken, BlockLimit);
            if (panic == RuntimeCheck.StackGrowth)
                return jump < PrologueLimit ? RuntimeCheck.StackCheck : RuntimeCheck.None;
            if (RuntimeChecks.NamesItsJump(panic))
                return panic;
        }

        // The barrier lies on one side of a jump that goes after a comparison of its flag in memory.
        bool hasFlag = jump > 0 && (code.IsComparison(jump - 1) || code.StepAt(jump).Kind == StepKind.ConditionalJump)
            && ReadsFlag(code, jump);
        if (hasFlag && (FirstCall(code, count, jump + 1, WriteBarrierReach) == RuntimeCheck.WriteBarrier
            || (taken >= 0 && FirstCall(code, count, taken, WriteBarrierReach) == RuntimeCheck.WriteBarrier)))
        {
            return RuntimeCheck.WriteBarrier;
        }

        return RuntimeCheck.None;
    }

    private static bool ReadsFlag(FunctionCode code, int jump)
    {
        for (int index = jump; index >= 0 && index >= jump - 2; index--)
        {
            if (code.AccessedAddress(index) != 0)
                return true;
        }

        return false;
    }

    /// <summary>The check that the first call on a straight way is for; none when the way parts before.</summary>
    private RuntimeCheck FirstCall(FunctionCode code, int count, int from, int limit)
    {
        for (int index = from; index < count && index < from + limit; index++)
        {
            switch (code.StepAt(index).Kind)
            {
                case StepKind.Call:
                    return checks[index];
                case StepKind.Next:
                    break;
                default:
                    return RuntimeCheck.None;
            }
        }

        return RuntimeCheck.None;
    }
}
