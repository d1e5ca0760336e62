using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>The next event of one thread of a generation.</summary>
internal sealed class ThreadCursor(MappedFile file, TraceGeneration generation, long thread)
{
    private readonly List<TraceBatch> _batches = generation.Batches[thread];
    private int _batch;
    private int _position;
    private long _time;

    public TraceEvent Next;

    public long Thread { get; } = thread;

    /// <summary>Bytes of the batches that were begun.</summary>
    public long ReadSize { get; private set; }

    /// <summary>Moves on; false at the end.</summary>
    /// <exception cref="MalformedDataException">The bytes are no event; the cursor then stands at the next batch.</exception>
    public bool TryAdvance()
    {
        while (_batch < _batches.Count && _position >= _batches[_batch].Size)
        {
            _batch++;
            _position = 0;
        }

        if (_batch >= _batches.Count)
            return false;
        TraceBatch batch = _batches[_batch];
        if (_position == 0)
        {
            _time = generation.ToNanoseconds(batch.Time);
            ReadSize += batch.Size;
        }

        long offset = batch.Offset + _position;
        int size = batch.Size - _position;
        _position = batch.Size; // if the bytes are none, the rest of the batch is lost
        ByteCursor cursor = new(file.Slice(offset, size, "event"), file.Path, "event", offset);
        byte type = cursor.ReadByte();
        if (!TraceEventShape.TryGetArgumentCount(type, out int count))
            throw new MalformedDataException(file.Path, offset, "event", $"{type} is no number of an event");
        _time += generation.ToNanoseconds(cursor.ReadUvarint());
        Next = new TraceEvent { Type = (TraceEventType)type, Time = _time, Generation = generation };
        for (int index = 0; index < count; index++)
            Next.SetArgument(index, cursor.ReadUvarint());
        _position = (int)(offset - batch.Offset) + cursor.Position;
        return true;
    }
}
