namespace Faultline.Binaries.Code;

/// <summary>Indirect jumps through a table of code addresses, which the compiler makes for large switches (Go 1.19 and later).</summary>
internal static class JumpTable
{
    private const int EntryLimit = 4096;

    /// <summary>
    /// Adds the targets of a jump as successors of its block. The table's length is not stored with it: entries are read as long as they are
    /// blocks of the same function, which can take in the next table too and then only adds paths.
    /// </summary>
    public static bool TryFollow(FunctionBody body, ValuePool pool, int target, BasicBlock block, Func<ulong, ulong?> readWord)
    {
        if (!TryFindTable(pool, target, out ulong table))
            return false;
        int found = 0;
        for (; found < EntryLimit && readWord(table + (8 * (ulong)found)) is { } address && body.FindBlock(address) is >= 0 and var successor; found++)
        {
            if (!block.Successors.Contains(successor))
                block.Successors.Add(successor);
        }
        return found > 0;
    }

    /// <summary>The instructions that a table at this address leads to; empty when there is no table.</summary>
    public static IEnumerable<int> Targets(ulong table, Func<ulong, int> instructionAt, Func<ulong, ulong?> readWord)
    {
        for (ulong i = 0; i < EntryLimit; i++)
        {
            if (readWord(table + (8 * i)) is not { } address || instructionAt(address) is not (>= 0 and var index))
                yield break;
            yield return index;
        }
    }

    private static bool TryFindTable(ValuePool pool, int target, out ulong table)
    {
        table = 0;
        SymbolicValue load = pool[target];
        if (load.Kind != ValueKind.Load)
            return false;
        SymbolicValue element = pool[load.Base];
        if (element.Kind != ValueKind.Element || pool[element.Base].Kind != ValueKind.Constant)
            return false;
        table = (ulong)(pool[element.Base].Payload + load.Payload);
        return true;
    }
}
