namespace Faultline.Binaries.Code;

/// <summary>The stack slots that one function uses, numbered as they turn up, so that states hold only those.</summary>
internal sealed class SlotNumbers
{
    private readonly long lowest;
    private readonly int[] numbers;

    /// <param name="lowest">Offset of the lowest slot from the stack pointer at entry; a multiple of 8.</param>
    /// <param name="slotCount">How many slots of 8 bytes there are from it.</param>
    public SlotNumbers(long lowest, int slotCount)
    {
        this.lowest = lowest;
        numbers = new int[slotCount];
    }

    public int Count { get; private set; }

    public long Lowest => lowest;

    public long End => lowest + (numbers.Length * 8L);

    public bool IsTracked(long offset) => offset >= lowest && offset < End && ((offset - lowest) & 7) == 0;

    /// <summary>The number of a tracked slot; -1 when nothing was stored there yet.</summary>
    public int Find(long offset) => numbers[(int)((offset - lowest) / 8)] - 1;

    public int FindOrAdd(long offset)
    {
        ref int number = ref numbers[(int)((offset - lowest) / 8)];
        if (number == 0)
            number = ++Count;
        return number - 1;
    }
}

/// <summary>Value numbers of all registers and stack slots at one point of a function.</summary>
internal sealed class FlowState(SlotNumbers slots)
{
    private const int VectorStart = 16;
    private const int SlotStart = VectorStart + 32;

    private int[] cells = new int[SlotStart + 8];
    private int count = SlotStart;

    public int this[int register]
    {
        get => cells[register];
        set => cells[register] = value;
    }

    public FlowState Copy()
    {
        var copy = new FlowState(slots);
        copy.CopyFrom(this);
        return copy;
    }

    public void CopyFrom(FlowState other)
    {
        if (cells.Length < other.count)
            cells = new int[other.cells.Length];
        other.cells.AsSpan(0, other.count).CopyTo(cells);
        count = other.count;
    }

    /// <summary>The low (0) or high (1) word of a vector register.</summary>
    public int GetVector(int register, int half) => cells[VectorStart + ((register & 15) << 1) + half];

    public void SetVector(int register, int low, int high)
    {
        cells[VectorStart + ((register & 15) << 1)] = low;
        cells[VectorStart + ((register & 15) << 1) + 1] = high;
    }

    public void ForgetVectors() => Array.Fill(cells, ValuePool.Unknown, VectorStart, SlotStart - VectorStart);

    /// <summary>The value of a slot; <see cref="ValuePool.None"/> when nothing was stored there, Unknown when the place is not tracked.</summary>
    public int GetSlot(long offset)
    {
        if (!slots.IsTracked(offset))
            return ValuePool.Unknown;
        int index = SlotStart + slots.Find(offset);
        return index >= SlotStart && index < count ? cells[index] : ValuePool.None;
    }

    public void SetSlot(long offset, int value)
    {
        if (!slots.IsTracked(offset))
            return;
        int index = SlotStart + slots.FindOrAdd(offset);
        if (index >= count)
        {
            if (index >= cells.Length)
                Array.Resize(ref cells, Math.Max(index + 1, cells.Length * 2));
            Array.Clear(cells, count, index + 1 - count);
            count = index + 1;
        }
        cells[index] = value;
    }

    /// <summary>Makes every slot that overlaps <c>[offset, offset + size)</c> unknown.</summary>
    public void ForgetSlots(long offset, long size)
    {
        long first = Math.Max(offset - (((offset % 8) + 8) % 8), slots.Lowest);
        long end = Math.Min(offset + size, slots.End);
        for (long at = first; at < end; at += 8)
        {
            // Below the entry's stack pointer a slot without a number is unknown anyway.
            if (at >= 0 || slots.Find(at) >= 0)
                SetSlot(at, ValuePool.Unknown);
        }
    }

    public void Fill(int value) => Array.Fill(cells, value, 0, count);

    /// <summary>Lets another state flow into this one, which stands at the start of a block; true when something changed.</summary>
    public bool Join(FlowState incoming, int block, ValuePool pool)
    {
        if (count < incoming.count)
        {
            if (cells.Length < incoming.count)
                Array.Resize(ref cells, incoming.cells.Length);
            Array.Clear(cells, count, incoming.count - count);
            count = incoming.count;
        }
        bool changed = false;
        for (int i = 0; i < count; i++)
        {
            int current = cells[i];
            int value = i < incoming.count ? incoming.cells[i] : ValuePool.None;
            if (current == value)
                continue;
            // A slot that one path never wrote holds what lay there before: anything.
            int merged = current == ValuePool.None || value == ValuePool.None
                ? ValuePool.Unknown
                : pool.Merge(current, value, ((long)block << 32) | (uint)i);
            changed |= merged != current;
            cells[i] = merged;
        }
        return changed;
    }
}
