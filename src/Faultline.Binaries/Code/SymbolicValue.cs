using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>What is known about the content of a register or stack slot at one point of one function.</summary>
internal enum ValueKind : byte
{
    /// <summary>Nothing has reached this point yet.</summary>
    None,

    /// <summary>Anything.</summary>
    Unknown,

    /// <summary>The result of arithmetic: anything, but no copy of a pointer.</summary>
    Computed,

    /// <summary>What the argument register numbered <see cref="SymbolicValue.Payload"/> held at entry.</summary>
    Parameter,

    /// <summary>What lay on the caller's stack at entry; payload: offset from the stack pointer at entry.</summary>
    StackParameter,

    /// <summary>The closure object, in rdx at entry.</summary>
    ClosureContext,

    /// <summary>A number or a link-time address.</summary>
    Constant,

    /// <summary>The word in memory at <see cref="SymbolicValue.Base"/> plus payload.</summary>
    Load,

    /// <summary>Result number <see cref="SymbolicValue.Base"/> of the call at address payload.</summary>
    CallResult,

    /// <summary>The address of a stack slot; payload: offset from the stack pointer at entry.</summary>
    StackAddress,

    /// <summary><see cref="SymbolicValue.Base"/> plus payload.</summary>
    Offset,

    /// <summary>An address inside the array that <see cref="SymbolicValue.Base"/> points to, by an index that is not followed.</summary>
    Element,

    /// <summary>One of several values that meet here; payload numbers the meeting point.</summary>
    Merge,
}

/// <summary>One symbolic value. <paramref name="Base"/> is a value of the same pool where the kind has a base value.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SymbolicValue(ValueKind Kind, int Base, long Payload);

/// <summary>The values of one function, each stored once, so that equal values have equal numbers.</summary>
internal sealed class ValuePool
{
    public const int None = 0;
    public const int Unknown = 1;
    public const int Computed = 2;

    // A meeting point of more values than this says nothing useful.
    private const int MergeWidth = 24;

    private readonly List<SymbolicValue> values = [new(ValueKind.None, 0, 0), new(ValueKind.Unknown, 0, 0), new(ValueKind.Computed, 0, 0)];
    private readonly Dictionary<SymbolicValue, int> numbers = [];
    private readonly Dictionary<long, int> callResults = [];
    private readonly Dictionary<int, List<int>> merges = [];

    public int Count => values.Count;

    public SymbolicValue this[int value] => values[value];

    /// <summary>The number of a value if the function ever has it; <see cref="None"/> otherwise.</summary>
    public int Find(SymbolicValue value) => value.Kind == ValueKind.CallResult
        ? callResults.TryGetValue(value.Payload, out int first) ? first + value.Base : None
        : numbers.GetValueOrDefault(value);

    public int Parameter(int argument) => Number(new(ValueKind.Parameter, 0, argument));

    public int StackParameter(long offset) => Number(new(ValueKind.StackParameter, 0, offset));

    public int ClosureContext() => Number(new(ValueKind.ClosureContext, 0, 0));

    public int Constant(ulong value) => Number(new(ValueKind.Constant, 0, (long)value));

    /// <summary>The first result of a call; the others have the numbers after it.</summary>
    public int CallResults(ulong callAddress)
    {
        if (!callResults.TryGetValue((long)callAddress, out int first))
        {
            callResults.Add((long)callAddress, first = values.Count);
            for (int result = 0; result < AbiRegisters.ArgumentCount; result++)
                values.Add(new(ValueKind.CallResult, result, (long)callAddress));
        }
        return first;
    }

    public int StackAddress(long offset) => Number(new(ValueKind.StackAddress, 0, offset));

    public int Load(int address, long offset)
    {
        if (address <= Computed)
            return Unknown;
        SymbolicValue at = values[address];
        return at.Kind switch
        {
            ValueKind.Offset => Number(new(ValueKind.Load, at.Base, at.Payload + offset)),
            ValueKind.Constant => Number(new(ValueKind.Load, Constant((ulong)(at.Payload + offset)), 0)),
            _ => Number(new(ValueKind.Load, address, offset)),
        };
    }

    public int Add(int value, long delta)
    {
        if (delta == 0 || value <= Computed)
            return value;
        SymbolicValue v = values[value];
        return v.Kind switch
        {
            ValueKind.Constant => Constant((ulong)(v.Payload + delta)),
            ValueKind.StackAddress => StackAddress(v.Payload + delta),
            ValueKind.Offset => Add(v.Base, v.Payload + delta),
            _ => Number(new(ValueKind.Offset, value, delta)),
        };
    }

    /// <summary>An address at an unknown index from a pointer. Constants keep their identity (jump tables, arrays); a stack address or a number gives nothing.</summary>
    public int Element(int address)
    {
        SymbolicValue v = values[address];
        return v.Kind switch
        {
            ValueKind.None or ValueKind.Unknown or ValueKind.Computed or ValueKind.StackAddress => Unknown,
            ValueKind.Element => address,
            _ => Number(new(ValueKind.Element, address, 0)),
        };
    }

    /// <summary>The value at a meeting point (a block start and a place, or an instruction) when <paramref name="value"/> reaches it too.</summary>
    public int Merge(int current, int value, long point)
    {
        if (current == value || value == None)
            return current;
        if (current == None)
            return value;
        if (current == Unknown || value == Unknown)
            return Unknown;
        int merge = Number(new(ValueKind.Merge, 0, point));
        if (!merges.TryGetValue(merge, out List<int>? operands))
            merges.Add(merge, operands = []);
        return Include(operands, merge, current) && Include(operands, merge, value) ? merge : Unknown;
    }

    /// <summary>The values that meet in a merge.</summary>
    public IReadOnlyList<int> Operands(int merge) => merges.TryGetValue(merge, out List<int>? operands) ? operands : [];

    private static bool Include(List<int> operands, int merge, int value)
    {
        if (value == merge || operands.Contains(value))
            return true;
        if (operands.Count >= MergeWidth)
            return false;
        operands.Add(value);
        return true;
    }

    private int Number(SymbolicValue value)
    {
        if (!numbers.TryGetValue(value, out int number))
        {
            number = values.Count;
            values.Add(value);
            numbers.Add(value, number);
        }
        return number;
    }
}
