using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>
/// One generation: the tables of its strings and stacks as places in the file, decoded when asked for, and its batches by thread. Identifiers mean nothing
/// in another generation.
/// </summary>
public sealed class TraceGeneration
{
    internal const int FrameCount = 128;
    internal const int StringSize = 1024;

    // Far above what the runtime writes in the second that a generation lasts.
    private const int MostEntries = 1 << 20;
    private const int MostSamples = 1 << 21;
    private const int MostCachedText = 32 << 20;

    private readonly MappedFile _file;
    private readonly Dictionary<ulong, (long Offset, int Size)> _strings = [];
    private readonly Dictionary<ulong, (long Offset, int Size)> _stacks = [];
    private readonly Dictionary<ulong, string> _text = [];
    private int _cachedText;
    private int _batchCount;

    internal TraceGeneration(MappedFile file, ulong number)
    {
        _file = file;
        Number = number;
    }

    public ulong Number { get; }

    /// <summary>States are learnt here and do not follow from the generation before: the first one, and one after damage.</summary>
    internal bool IsFresh { get; set; }

    /// <summary>It declares more strings, stacks, samples, batches or threads than are kept; the rest was dropped.</summary>
    internal bool IsOverfull { get; private set; }

    /// <summary>Nanoseconds of one tick of the trace clock.</summary>
    public double TickNanoseconds { get; private set; }

    /// <summary>Time of the first batch, in ticks.</summary>
    internal ulong FirstTick { get; set; }

    internal List<long> Threads { get; } = [];

    internal Dictionary<long, List<TraceBatch>> Batches { get; } = [];

    internal List<TraceSample> Samples { get; } = [];

    internal long ToNanoseconds(ulong ticks) => (long)(ticks * TickNanoseconds);

    /// <summary>The string of an identifier; empty when the table lacks it.</summary>
    public string String(ulong id)
    {
        if (id == 0 || !_strings.TryGetValue(id, out (long Offset, int Size) place))
            return "";
        if (!_text.TryGetValue(id, out string? text))
        {
            _ = _file.TrySlice(place.Offset, place.Size, out ReadOnlySpan<byte> bytes);
            text = Encoding.UTF8.GetString(bytes);
            if ((_cachedText += text.Length) <= MostCachedText)
                _text[id] = text;
        }

        return text;
    }

    /// <summary>The frames of a stack, innermost first; empty for 0 and for one that the table lacks.</summary>
    public IReadOnlyList<TraceFrame> Stack(ulong id)
    {
        if (id == 0 || !_stacks.TryGetValue(id, out (long Offset, int Size) place) || !_file.TrySlice(place.Offset, place.Size, out ReadOnlySpan<byte> bytes))
            return [];
        ByteCursor cursor = new(bytes, _file.Path, "stack", place.Offset);
        TraceFrame[] frames = new TraceFrame[cursor.ReadUvarint()];
        for (int index = 0; index < frames.Length; index++)
        {
            ulong pc = cursor.ReadUvarint();
            string function = String(cursor.ReadUvarint());
            string file = String(cursor.ReadUvarint());
            frames[index] = new TraceFrame(pc, function, file, (int)Math.Min(cursor.ReadUvarint(), int.MaxValue));
        }

        return frames;
    }

    /// <exception cref="MalformedDataException">The batch breaks the format; what stands before the damage was kept.</exception>
    internal void Add(in TraceBatch batch)
    {
        if (FirstTick == 0 || batch.Time < FirstTick)
            FirstTick = batch.Time;
        if (batch.Size == 0 || batch.IsExperiment)
            return;
        ByteCursor cursor = new(_file.Slice(batch.Offset, batch.Size, "batch"), _file.Path, "batch", batch.Offset);
        switch ((TraceEventType)cursor.Peek())
        {
            case TraceEventType.Strings:
                cursor.Skip(1);
                while (cursor.Remaining > 0)
                    AddString(ref cursor);
                break;
            case TraceEventType.Stacks:
                cursor.Skip(1);
                while (cursor.Remaining > 0)
                    AddStack(ref cursor);
                break;
            case TraceEventType.CpuSamples:
                cursor.Skip(1);
                while (cursor.Remaining > 0)
                    AddSample(ref cursor);
                break;
            case TraceEventType.Sync:
                cursor.Skip(1);
                AddClock(ref cursor);
                break;
            case TraceEventType.Frequency:
                AddClock(ref cursor);
                break;
            default:
                if (!HasRoom(_batchCount, MostEntries))
                    break;
                if (!Batches.TryGetValue(batch.Thread, out List<TraceBatch>? list))
                {
                    if (!HasRoom(Threads.Count, EventOrder.MostThreads))
                        break;
                    Threads.Add(batch.Thread);
                    Batches[batch.Thread] = list = [];
                }

                list.Add(batch);
                _batchCount++;
                break;
        }
    }

    private void AddString(ref ByteCursor cursor)
    {
        Expect(ref cursor, TraceEventType.String);
        ulong id = cursor.ReadUvarint();
        ReadOnlySpan<byte> text = cursor.ReadUvarintPrefixed(StringSize);
        if (HasRoom(_strings.Count, MostEntries))
            _strings.TryAdd(id, (cursor.Offset - text.Length, text.Length));
    }

    private void AddStack(ref ByteCursor cursor)
    {
        Expect(ref cursor, TraceEventType.Stack);
        ulong id = cursor.ReadUvarint();
        long start = cursor.Offset;
        ulong count = cursor.ReadUvarint();
        if (count > FrameCount)
            throw new MalformedDataException(_file.Path, start, "stack", $"{count} frames are above the limit of {FrameCount}");
        for (ulong index = 0; index < count * 4; index++)
            cursor.ReadUvarint();
        if (HasRoom(_stacks.Count, MostEntries))
            _stacks.TryAdd(id, (start, (int)(cursor.Offset - start)));
    }

    private void AddSample(ref ByteCursor cursor)
    {
        Expect(ref cursor, TraceEventType.CpuSample);
        ulong time = cursor.ReadUvarint();
        long thread = (long)cursor.ReadUvarint();
        long proc = (long)cursor.ReadUvarint();
        long goroutine = (long)cursor.ReadUvarint();
        ulong stack = cursor.ReadUvarint();
        if (HasRoom(Samples.Count, MostSamples))
            Samples.Add(new TraceSample(time, thread, proc, goroutine == 0 ? TraceEvent.Nobody : goroutine, stack));
    }

    private bool HasRoom(int count, int most)
    {
        IsOverfull |= count >= most;
        return count < most;
    }

    private void AddClock(ref ByteCursor cursor)
    {
        while (cursor.Remaining > 0)
        {
            long start = cursor.Offset;
            switch ((TraceEventType)cursor.ReadByte())
            {
                case TraceEventType.Frequency:
                    ulong frequency = cursor.ReadUvarint();
                    if (frequency == 0)
                        throw new MalformedDataException(_file.Path, start, "clock", "its frequency is 0");
                    TickNanoseconds = 1.0 / (frequency / 1e9);
                    break;
                case TraceEventType.ClockSnapshot:
                    for (int index = 0; index < 4; index++)
                        cursor.ReadUvarint();
                    break;
                default:
                    throw new MalformedDataException(_file.Path, start, "clock", "an unknown event stands in its batch");
            }
        }
    }

    private void Expect(ref ByteCursor cursor, TraceEventType type)
    {
        long start = cursor.Offset;
        if (cursor.ReadByte() != (byte)type)
            throw new MalformedDataException(_file.Path, start, "batch", $"something other than a {type} stands in it");
    }
}
