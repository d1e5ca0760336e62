using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

internal enum UseKind : byte
{
    /// <summary>It is one of the values of a merge.</summary>
    Merged,

    /// <summary>Something is added to it.</summary>
    Added,

    /// <summary>It is the base of an indexed access.</summary>
    Indexed,

    /// <summary>The word behind it is read.</summary>
    Read,

    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>Something is stored behind it.</summary>
    StoredThrough,

    /// <summary>It is in an argument register at a call, or on the stack where the called function takes arguments there; those count on from the registers.</summary>
    Passed,

    /// <summary>It is the closure object of a call.</summary>
    Called,

    /// <summary>It is in a result register at a return.</summary>
    Returned,
}

/// <summary>One use of a value. <paramref name="Index"/> is the value that results, or the number of the store, call or return; <paramref name="Argument"/> the register's place.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ValueUse(UseKind Kind, int Index, int Argument);

/// <summary>The uses of each value of one function.</summary>
internal sealed class FlowUses
{
    private readonly Dictionary<int, List<ValueUse>> uses = [];

    public FlowUses(FunctionFlow flow)
    {
        ValuePool pool = flow.Values;
        for (int id = ValuePool.Computed + 1; id < pool.Count; id++)
            AddDerived(pool, id);
        for (int i = 0; i < flow.Stores.Count; i++)
        {
            Add(flow.Stores[i].Value, UseKind.Stored, i);
            Add(flow.Stores[i].Target, UseKind.StoredThrough, i);
        }
        for (int i = 0; i < flow.Calls.Count; i++)
        {
            for (int argument = 0; argument < AbiRegisters.ArgumentCount; argument++)
                Add(flow.Calls[i].Arguments[argument], UseKind.Passed, i, argument);
            for (int argument = 0; argument < flow.Calls[i].StackArguments.Length; argument++)
                Add(flow.Calls[i].StackArguments[argument], UseKind.Passed, i, AbiRegisters.ArgumentCount + argument);
            Add(flow.Calls[i].Context, UseKind.Called, i);
        }
        for (int i = 0; i < flow.Returns.Count; i++)
        {
            for (int result = 0; result < AbiRegisters.ArgumentCount; result++)
                Add(flow.Returns[i].Results[result], UseKind.Returned, i, result);
        }
    }

    public IReadOnlyList<ValueUse> Of(int value) => uses.TryGetValue(value, out List<ValueUse>? found) ? found : [];

    private void AddDerived(ValuePool pool, int id)
    {
        SymbolicValue value = pool[id];
        switch (value.Kind)
        {
            case ValueKind.Merge:
                foreach (int operand in pool.Operands(id))
                    Add(operand, UseKind.Merged, id);
                break;
            case ValueKind.Offset:
                Add(value.Base, UseKind.Added, id);
                break;
            case ValueKind.Element:
                Add(value.Base, UseKind.Indexed, id);
                break;
            case ValueKind.Load:
                Add(value.Base, UseKind.Read, id);
                break;
        }
    }

    private void Add(int value, UseKind kind, int index, int argument = 0)
    {
        if (value <= ValuePool.Computed)
            return;
        if (!uses.TryGetValue(value, out List<ValueUse>? list))
            uses.Add(value, list = []);
        list.Add(new ValueUse(kind, index, argument));
    }
}
