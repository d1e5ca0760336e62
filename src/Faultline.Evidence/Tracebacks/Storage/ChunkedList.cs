namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>A list that grows without copying, so that its peak is its size.</summary>
internal sealed class ChunkedList<T>
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<T[]> chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    public void Add(in T item)
    {
        if (Count == chunks.Count << ChunkBits)
            chunks.Add(new T[ChunkSize]);
        Count++;
        this[Count - 1] = item;
    }
}
