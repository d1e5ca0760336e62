namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>A list that grows without copying, so that its peak is its size.</summary>
internal sealed class ChunkedList<T>
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<T[]> chunks = [];

    private int capacity;

    public int Count { get; private set; }

    public ref T this[int index] => ref chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    public void Add(in T item)
    {
        if (Count == capacity)
            Grow();
        Count++;
        this[Count - 1] = item;
    }

    private void Grow()
    {
        if (capacity >= ChunkSize)
        {
            chunks.Add(new T[ChunkSize]);
            capacity += ChunkSize;
            return;
        }

        // The first chunk starts small for small logs.
        capacity = Math.Max(64, capacity * 2);
        T[] first = chunks.Count == 0 ? [] : chunks[0];
        Array.Resize(ref first, capacity);
        chunks.Clear();
        chunks.Add(first);
    }
}
