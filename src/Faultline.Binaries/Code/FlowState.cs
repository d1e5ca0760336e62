namespace Faultline.Binaries.Code;

/// <summary>Value numbers of all registers and stack slots at one point of a function.</summary>
internal sealed class FlowState
{
    private const int VectorStart = 16;
    private const int SlotStart = VectorStart + 32;

    private readonly int[] cells;
    private readonly long lowestSlot;

    /// <param name="lowestSlot">Offset of the lowest tracked slot from the stack pointer at entry; a multiple of 8.</param>
    /// <param name="slotCount">How many slots of 8 bytes are tracked from there.</param>
    public FlowState(long lowestSlot, int slotCount)
    {
        this.lowestSlot = lowestSlot;
        cells = new int[SlotStart + slotCount];
    }

    private FlowState(FlowState other)
    {
        cells = (int[])other.cells.Clone();
        lowestSlot = other.lowestSlot;
    }

    public FlowState Copy() => new(this);

    public int this[int register]
    {
        get => cells[register];
        set => cells[register] = value;
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
    public int GetSlot(long offset) => TryIndex(offset, out int index) ? cells[index] : ValuePool.Unknown;

    public void SetSlot(long offset, int value)
    {
        if (TryIndex(offset, out int index))
            cells[index] = value;
    }

    /// <summary>Makes every slot that overlaps <c>[offset, offset + size)</c> unknown.</summary>
    public void ForgetSlots(long offset, long size)
    {
        long first = Math.Max(offset - (((offset % 8) + 8) % 8), lowestSlot);
        long end = Math.Min(offset + size, lowestSlot + ((cells.Length - SlotStart) * 8L));
        for (long at = first; at < end; at += 8)
            SetSlot(at, ValuePool.Unknown);
    }

    public void Fill(int value) => Array.Fill(cells, value);

    /// <summary>Lets another state flow into this one, which stands at the start of a block; true when something changed.</summary>
    public bool Join(FlowState incoming, int block, ValuePool pool)
    {
        bool changed = false;
        for (int i = 0; i < cells.Length; i++)
        {
            int current = cells[i];
            int value = incoming.cells[i];
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

    private bool TryIndex(long offset, out int index)
    {
        long relative = offset - lowestSlot;
        index = (int)Math.Clamp((relative / 8) + SlotStart, 0, int.MaxValue);
        return relative >= 0 && (relative & 7) == 0 && index < cells.Length;
    }
}
