using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>Merges a generation's threads: the earliest event that may be next is next.</summary>
internal sealed class GenerationMerge(MappedFile file, EventOrder order, DiagnosticLog diagnostics)
{
    private readonly List<ThreadCursor> _heap = [];
    private TraceGeneration? _generation;
    private int _sample;

    /// <summary>The rest of the generation was dropped because no event could follow.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes of the batches that were begun.</summary>
    public long ReadSize { get; private set; }

    public ref TraceEvent Current => ref order.Current;

    public void Begin(TraceGeneration generation)
    {
        ReadSize = 0;
        _generation = generation;
        _sample = 0;
        _heap.Clear();
        IsBroken = false;
        generation.Samples.Sort((left, right) => left.Time.CompareTo(right.Time));
        foreach (long thread in generation.Threads)
        {
            ThreadCursor cursor = new(file, generation, thread);
            if (TryMove(cursor))
            {
                _heap.Add(cursor);
                SiftUp(_heap.Count - 1);
            }
        }
    }

    public bool MoveNext()
    {
        if (order.TryTake() || TryTakeSample())
            return true;
        if (_heap.Count == 0)
            return false;
        Advance step = TryAdvance(0);
        if (step == Advance.Later)
        {
            _heap.Sort((left, right) => left.Next.Time.CompareTo(right.Next.Time));
            for (int index = 1; index < _heap.Count && step == Advance.Later; index++)
                step = TryAdvance(index);
        }

        if (step == Advance.Done)
            return order.TryTake();
        if (order.IsFull)
            diagnostics.Add("XTRACE0108", DiagnosticSeverity.Warning, null, $"more than {EventOrder.MostGoroutines} goroutines, or {EventOrder.MostThreads} processors or threads, live at once in generation {_generation!.Number}; the rest of it was dropped");
        else
            diagnostics.Add("XTRACE0105", DiagnosticSeverity.Warning, null, $"the events of generation {_generation!.Number} contradict each other; the rest of it was dropped");
        IsBroken = true;
        _heap.Clear();
        return false;
    }

    private bool TryTakeSample()
    {
        if (_sample >= _generation!.Samples.Count)
            return false;
        TraceSample sample = _generation.Samples[_sample];
        long time = _generation.ToNanoseconds(sample.Time);
        if (_heap.Count > 0 && time >= _heap[0].Next.Time)
            return false;
        _sample++;
        order.Current = new TraceEvent
        {
            Type = TraceEventType.CpuSample,
            Time = time,
            Thread = sample.Thread,
            Proc = sample.Proc,
            Goroutine = sample.Goroutine,
            A0 = sample.StackId,
            Generation = _generation,
        };
        return true;
    }

    private Advance TryAdvance(int index)
    {
        ThreadCursor cursor = _heap[index];
        Advance step = order.TryAdvance(ref cursor.Next, cursor.Thread);
        if (step != Advance.Done)
            return step;
        if (TryMove(cursor))
        {
            if (SiftUp(index) == index)
                SiftDown(index);
        }
        else
        {
            Remove(index);
        }

        return step;
    }

    private bool TryMove(ThreadCursor cursor)
    {
        while (true)
        {
            try
            {
                long before = cursor.ReadSize;
                bool moved = cursor.TryAdvance();
                ReadSize += cursor.ReadSize - before;
                return moved;
            }
            catch (MalformedDataException error)
            {
                diagnostics.Add("XTRACE0106", DiagnosticSeverity.Warning, error);
            }
        }
    }

    private void Remove(int index)
    {
        for (; index > 0; index = (index - 1) / 2)
            (_heap[(index - 1) / 2], _heap[index]) = (_heap[index], _heap[(index - 1) / 2]);
        _heap[0] = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        SiftDown(0);
    }

    private int SiftUp(int index)
    {
        for (; index > 0 && _heap[(index - 1) / 2].Next.Time > _heap[index].Next.Time; index = (index - 1) / 2)
            (_heap[(index - 1) / 2], _heap[index]) = (_heap[index], _heap[(index - 1) / 2]);
        return index;
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            int least = index;
            for (int child = (2 * index) + 1; child <= (2 * index) + 2 && child < _heap.Count; child++)
            {
                if (_heap[child].Next.Time < _heap[least].Next.Time)
                    least = child;
            }

            if (least == index)
                return;
            (_heap[index], _heap[least]) = (_heap[least], _heap[index]);
            index = least;
        }
    }
}
