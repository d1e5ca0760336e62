namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Numbers distinct byte strings from 0 up, within a cap of count and of bytes.</summary>
internal sealed class ByteInterner(int maxCount, long maxBytes)
{
    private int[] slots = new int[64];
    private Entry[] entries = new Entry[32];
    private long byteCount;

    public int Count { get; private set; }

    /// <summary>Finds or adds; false when the string is new and a cap is reached.</summary>
    public bool TryIntern(ReadOnlySpan<byte> key, out int index, out bool isNew)
    {
        ulong hash = ByteHash.Compute(key);
        int mask = slots.Length - 1;
        int slot = (int)hash & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            index = slots[slot] - 1;
            ref Entry entry = ref entries[index];
            if (entry.Hash == hash && key.SequenceEqual(entry.Key))
            {
                isNew = false;
                return true;
            }
        }

        isNew = Count < maxCount && byteCount + key.Length <= maxBytes;
        index = isNew ? Add(hash, key, slot) : -1;
        return isNew;
    }

    private int Add(ulong hash, ReadOnlySpan<byte> key, int slot)
    {
        int index = Count++;
        if (index == entries.Length)
            Array.Resize(ref entries, entries.Length * 2);
        entries[index] = new Entry(hash, key.ToArray());
        byteCount += key.Length;
        slots[slot] = index + 1;
        if (Count * 2 > slots.Length)
            Grow();
        return index;
    }

    private void Grow()
    {
        var grown = new int[slots.Length * 2];
        int mask = grown.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int slot = (int)entries[index].Hash & mask;
            while (grown[slot] != 0)
                slot = (slot + 1) & mask;
            grown[slot] = index + 1;
        }

        slots = grown;
    }

    private readonly record struct Entry(ulong Hash, byte[] Key);
}
