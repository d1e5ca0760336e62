using System.Numerics;

namespace Faultline.Evidence.Perf.Records;

/// <summary>Registers of a sample. Numbers are perf's own of the machine's architecture (asm/perf_regs.h): see <see cref="RegisterNumbers"/>.</summary>
public readonly ref struct RegisterValues
{
    private readonly ReadOnlySpan<ulong> _values;
    private readonly ulong _mask;

    internal RegisterValues(ulong mask, ReadOnlySpan<ulong> values, bool is32Bit)
    {
        _mask = mask;
        _values = values;
        Is32Bit = is32Bit;
    }

    /// <summary>No registers: not asked for, or the thread had no user registers (a kernel thread).</summary>
    public bool IsEmpty => _values.IsEmpty;

    /// <summary>The thread ran 32-bit code.</summary>
    public bool Is32Bit { get; }

    /// <summary>Which registers there are, one bit a number.</summary>
    public ulong Mask => _values.IsEmpty ? 0 : _mask;

    /// <summary>One register; false when the sample does not hold it.</summary>
    public bool TryGet(int number, out ulong value)
    {
        if (_values.IsEmpty || (uint)number >= 64 || (_mask >> number & 1) == 0)
        {
            value = 0;
            return false;
        }

        value = _values[BitOperations.PopCount(_mask & ((1UL << number) - 1))];
        return true;
    }
}
