using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>The next event of one thread of a generation.</summary>
internal sealed class ThreadCursor(MappedFile file, TraceGeneration generation, long thread)
{
    private readonly List<TraceBatch> _batches = generation.Batches[thread];
    private int _index = -1;
    private TraceBatch _batch;
    private int _position;
    private long _time;

    public TraceEvent Next = new() { Generation = generation };

    public long Thread { get; } = thread;

    /// <summary>Bytes of the batches that were begun.</summary>
    public long ReadSize { get; private set; }

    /// <summary>Moves on; false at the end.</summary>
    /// <exception cref="MalformedDataException">The bytes are no event; the cursor then stands at the next batch.</exception>
    public bool TryAdvance()
    {
        while (_position >= _batch.Size)
        {
            if (++_index >= _batches.Count)
                return false;
            _batch = _batches[_index];
            _position = 0;
            _time = generation.ToNanoseconds(_batch.Time);
            ReadSize += _batch.Size;
        }

        long offset = _batch.Offset + _position;
        int start = _position;
        ByteCursor cursor = new(file.Slice(offset, _batch.Size - start, "event"), file.Path, "event", offset);
        _position = _batch.Size; // if the bytes are none, the rest of the batch is lost
        byte type = cursor.ReadByte();
        if (!TraceEventShape.TryGetArgumentCount(type, out int count))
            throw new MalformedDataException(file.Path, offset, "event", $"{type} is no number of an event");
        _time += generation.ToNanoseconds(cursor.ReadUvarint());
        Next.Type = (TraceEventType)type;
        Next.Time = _time;
        Next.Before = 0;
        Next.TaskName = null;
        Next.A0 = count > 0 ? cursor.ReadUvarint() : 0;
        Next.A1 = count > 1 ? cursor.ReadUvarint() : 0;
        Next.A2 = count > 2 ? cursor.ReadUvarint() : 0;
        Next.A3 = count > 3 ? cursor.ReadUvarint() : 0;
        _position = start + cursor.Position;
        return true;
    }
}
