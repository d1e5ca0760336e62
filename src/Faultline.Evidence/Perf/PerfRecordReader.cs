using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Reading;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Evidence.Perf;

/// <summary>
/// Reads a recording's records in the order of time, in bounded memory. Forward only; several readers can read one recording, all on
/// one thread. What it returns is a view that is valid until the next call.
/// </summary>
public sealed class PerfRecordReader : IDisposable
{
    private const ushort FilteredFlag = 1 << 15;

    private readonly PerfRecording _recording;
    private readonly RecordScanner _scanner;
    private readonly PendingRecords _pending = new();
    private readonly DiagnosticLog _log;
    private readonly BufferTimes _buffers = new();
    private ulong _deliveredTime;
    private long _delivered;
    private bool _isDeliveredHeld;
    private bool _isAtEnd;

    internal PerfRecordReader(PerfRecording recording, RecordScanner scanner, DiagnosticLog log)
    {
        _recording = recording;
        _scanner = scanner;
        _log = log;
    }

    /// <summary>What the recording lacks, as far as it is read.</summary>
    public RecordingLosses Losses { get; } = new();

    /// <summary>Time of the first sample; null before it is read.</summary>
    public ulong? FirstSampleTime { get; private set; }

    /// <summary>Time of the latest sample so far; null before the first one.</summary>
    public ulong? LastSampleTime { get; private set; }

    /// <summary>Samples so far.</summary>
    public long SampleCount { get; private set; }

    /// <summary>Goes to the next record; false at the end. Records without a time, such as those that perf makes up for what ran before, come at their place in the file.</summary>
    public bool TryRead(out PerfRecord record)
    {
        ReleaseDelivered();
        while (true)
        {
            if (_pending.TryTake(out ulong time, out long position))
            {
                (_delivered, _isDeliveredHeld) = (position, true);
                record = Deliver(time, position);
                return true;
            }

            if (_isAtEnd)
            {
                if (_recording.KeepsNewestOnly)
                    Losses.CompleteFrom = _buffers.HasUnknownCpu ? LastSampleTime : _buffers.WholeFrom();
                record = default;
                return false;
            }

            if (!_scanner.MoveNext())
            {
                _isAtEnd = true;
                _pending.MakeAllReady();
                FinishLosses();
            }
            else if (TryTakeUntimed(out record))
            {
                return true;
            }
        }
    }

    public void Dispose() => _scanner.Dispose();

    internal void RemarkShort(long offset)
    {
        if (Losses.BrokenRecordCount++ < 10)
            _log.Add(PerfDiagnostics.ShortRecord, DiagnosticSeverity.Warning, offset, "a record is shorter than its fields; it was dropped");
    }

    private bool TryTakeUntimed(out PerfRecord record)
    {
        record = default;
        RecordHeader header = _scanner.Header;
        if (header.Type == PerfRecordType.FinishedRound)
        {
            _pending.FinishRound();
            return false;
        }

        if (header.Type >= PerfRecordType.HeaderAttribute)
        {
            _recording.ReadMetadata(_scanner);
            return false;
        }

        ReadOnlySpan<byte> payload = _scanner.At(_scanner.Position, out _, out long offset);
        if (FindEvent(header.Type, payload) is not { } source)
        {
            if (Losses.BrokenRecordCount++ < 10)
                _log.Add(PerfDiagnostics.UnknownId, DiagnosticSeverity.Warning, offset, "a sample carries the id of no event; it was dropped");
            return false;
        }

        ulong time = TimeOf(header.Type, source, payload);
        if (time is 0 or ulong.MaxValue)
        {
            if (header.Type == PerfRecordType.Sample && time == 0)
                _log.Add(PerfDiagnostics.NoTime, DiagnosticSeverity.Info, offset: null, "samples have no times; they are used in the order of the file");
            record = Deliver(0, _scanner.Position);
            return true;
        }

        Hold(time);
        return false;
    }

    private void Hold(ulong time)
    {
        _scanner.Hold(_scanner.Position);
        _pending.Add(time, _scanner.Position);
        if (!_pending.IsFull && _scanner.HeldSize <= PerfLimits.HeldSize)
            return;
        if (_pending.IsFull || _pending.Count > 1)
            _pending.MakeHalfReady();
    }

    private PerfRecord Deliver(ulong time, long position)
    {
        ReadOnlySpan<byte> payload = _scanner.At(position, out RecordHeader header, out long offset);
        PerfEvent? source = FindEvent(header.Type, payload);
        PerfRecord record = new(this, header.Type, header.Misc, payload, source, time, offset);
        if (time > 0)
        {
            if (time < _deliveredTime)
                _log.Add(PerfDiagnostics.OrderGivenUp, DiagnosticSeverity.Warning, offset, "some records come late: more than can be held wait for their order, or the file's round marks do not keep it");
            _deliveredTime = Math.Max(_deliveredTime, time);
        }

        if (header.Type == PerfRecordType.Sample)
            Count(time);
        else if (header.Type is PerfRecordType.Lost or PerfRecordType.LostSamples or PerfRecordType.Throttle)
            CountLoss(record, header.Misc);
        if (source is not null)
            NoteBuffer(header.Type, source, payload, time);
        return record;
    }

    private void Count(ulong time)
    {
        SampleCount++;
        if (time == 0)
            return;
        FirstSampleTime ??= time;
        LastSampleTime = Math.Max(LastSampleTime ?? 0, time);
    }

    private void CountLoss(in PerfRecord record, ushort misc)
    {
        if (record.Type == PerfRecordType.Throttle)
        {
            Losses.ThrottleCount++;
            return;
        }

        // What a filter dropped is no loss.
        if (!record.TryReadLoss(out ulong count) || (misc & FilteredFlag) != 0 || count == 0)
            return;
        if (record.Type == PerfRecordType.LostSamples)
        {
            Losses.AddLostSamples(count);
            return;
        }

        RecordOrigin origin = record.Origin;
        int cpu = origin.Cpu >= 0 ? origin.Cpu : _recording.FindCpu(origin.Id);
        Losses.AddGap(new RecordingGap(_buffers.LastOf(cpu), record.Time, cpu, count));
    }

    // Without processors in the records their ids tell: each belongs to the buffer of one.
    private void NoteBuffer(PerfRecordType type, PerfEvent source, ReadOnlySpan<byte> payload, ulong time)
    {
        if (time == 0)
            return;
        int cpu;
        if (type == PerfRecordType.Sample)
        {
            cpu = source.Layout.SampleCpu(payload);
            if (cpu < 0 && source.Layout.SampleId(payload) is { } id)
                cpu = _recording.FindCpu(id);
        }
        else
        {
            RecordOrigin origin = source.Layout.ReadTrailer(payload);
            cpu = origin.Cpu >= 0 ? origin.Cpu : _recording.FindCpu(origin.Id);
        }

        _buffers.Note(cpu, time, RecordHeader.Size + payload.Length);
    }

    private void FinishLosses()
    {
        Losses.IsDamaged |= _scanner.IsDamaged;
        Losses.CompleteUntil = _scanner.IsTruncated || _recording.IsUnfinished ? _pending.CompleteUntil : null;
    }

    // What perf makes up has the id 0; all events of one recording agree on where the id lies.
    private PerfEvent? FindEvent(PerfRecordType type, ReadOnlySpan<byte> payload)
    {
        IReadOnlyList<PerfEvent> events = _recording.Events;
        if (events.Count == 0)
            return null;
        PerfEvent first = events[0];
        if (events.Count == 1)
            return first;
        if (type == PerfRecordType.Sample)
            return first.Layout.SampleId(payload) is { } id ? _recording.FindEvent(id) : first;
        return _recording.FindEvent(first.Layout.ReadTrailer(payload).Id) ?? first;
    }

    private static ulong TimeOf(PerfRecordType type, PerfEvent source, ReadOnlySpan<byte> payload) =>
        type == PerfRecordType.Sample ? source.Layout.SampleTime(payload) ?? 0 : source.Layout.ReadTrailer(payload).Time;

    private void ReleaseDelivered()
    {
        if (_isDeliveredHeld)
            _scanner.Release(_delivered);
        _isDeliveredHeld = false;
    }
}
