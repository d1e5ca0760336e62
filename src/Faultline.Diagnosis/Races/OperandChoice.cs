namespace Faultline.Diagnosis.Races;

/// <summary>
/// Chooses the operands that collided: of all those on the two lines that fit what was done, the two that are most alike. Nothing is chosen where
/// several fit equally and none is shared.
/// </summary>
internal static class OperandChoice
{
    private const int SameText = 40;
    private const int SamePath = 32;
    private const int SameLast = 16;
    private const int SameRoot = 8;

    /// <summary>The operands of the two lines; null for a line without any that fits.</summary>
    public static (SourceOperand? First, SourceOperand? Second) Choose(
        RaceOperation first, IReadOnlyList<SourceOperand> firstLine, RaceOperation second, IReadOnlyList<SourceOperand> secondLine)
    {
        (SourceOperand? First, SourceOperand? Second) best = (Best(first, firstLine), Best(second, secondLine));
        if (best.First is null || best.Second is null)
            return best;
        var most = int.MinValue;
        foreach (var one in firstLine)
        {
            var left = Fit(first, one);
            if (left == 0)
                continue;
            foreach (var other in secondLine)
            {
                var right = Fit(second, other);
                var score = left + right + Likeness(one, other);
                if (right == 0 || score <= most)
                    continue;
                most = score;
                best = (one, other);
            }
        }

        return best;
    }

    private static SourceOperand? Best(RaceOperation operation, IReadOnlyList<SourceOperand> line)
    {
        SourceOperand? best = null;
        foreach (var operand in line)
        {
            if (Fit(operation, operand) is > 0 and var fit && (best is null || fit > Fit(operation, best)))
                best = operand;
        }

        return best;
    }

    private static int Likeness(SourceOperand one, SourceOperand other)
    {
        if (one.Text == other.Text)
            return SameText;
        if (one.Path == other.Path)
            return SamePath;
        if (one.Last == other.Last)
            return SameLast;
        return one.Root == other.Root ? SameRoot : one.IsIndexed == other.IsIndexed ? 2 : 0;
    }

    /// <summary>How well an operand fits an operation; 0 when it cannot be what was touched.</summary>
    private static int Fit(RaceOperation operation, SourceOperand operand)
    {
        var isAppended = operand is { Call: "append", ArgumentIndex: 0 };
        return operation switch
        {
            RaceOperation.MapRead => operand.IsIndexed ? operand.IsRead ? 8 : 4 : 1,
            RaceOperation.MapWrite => operand is { IsIndexed: true, IsAssigned: true } ? 12 : operand.IsIndexed ? 4 : 1,
            RaceOperation.MapDelete => operand is { Call: "delete", ArgumentIndex: 0 } ? 12 : 1,
            RaceOperation.MapClear => operand is { Call: "clear" or "delete", ArgumentIndex: 0 } ? 12 : 1,
            RaceOperation.MapClone => operand.Call.EndsWith("Clone", StringComparison.Ordinal) ? 12 : 1,
            RaceOperation.ChanClose => operand is { Call: "close", ArgumentIndex: 0 } ? 12 : 1,
            RaceOperation.CopyTo => operand is { Call: "copy", ArgumentIndex: 0 } ? 12 : isAppended ? 8 : 1,
            RaceOperation.CopyFrom => operand is { Call: "copy" or "append", ArgumentIndex: 1 } ? 12 : 1,
            RaceOperation.AppendGrow => isAppended ? 12 : 1,
            RaceOperation.Convert => operand.Call.Length > 0 ? 6 : 2,
            RaceOperation.AtomicRead or RaceOperation.AtomicWrite => operand.Call.Contains("atomic.", StringComparison.Ordinal) ? 8 : 2,
            RaceOperation.Write => operand.IsAssigned ? 12 : isAppended ? 10 : 1,
            RaceOperation.Read => operand.IsRead ? 6 : 1,
            _ => 4,
        };
    }
}
