using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Headers;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Reading;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf;

/// <summary>
/// A recording of <c>perf record</c>: a file that it finished or was killed over, or what it wrote to a pipe. Opening maps the file and reads what describes
/// the events; records are read by <see cref="OpenReader"/>. A recording and its readers belong to one thread.
/// </summary>
public sealed class PerfRecording : IDisposable
{
    private readonly MappedFile _file;
    private readonly FileHeader _header;
    private readonly DiagnosticLog _log;
    private readonly EventCatalog _catalog;
    private readonly FeatureReader _features;
    private readonly FileSection _data;
    private long _metadataEnd;

    private PerfRecording(MappedFile file, string name, PerfRecordingOptions options)
    {
        _file = file;
        Name = name;
        _log = new DiagnosticLog(name);
        _header = FileHeader.Read(file);
        _catalog = new EventCatalog(_log);
        _features = new FeatureReader(_catalog, _log, name);
        _data = FindData();
        if (_header.IsPipe)
        {
            ReadLeadingMetadata();
        }
        else
        {
            ReadAttributes();
            if (!IsUnfinished)
                ReadFeatures();
        }

        _catalog.AddFormats(options.Formats);
        RemarkMissingFormats();
    }

    /// <summary>The file's path, or the name that a stream was opened with.</summary>
    public string Name { get; }

    /// <summary>In the recorder's order. Records of a pipe may add to it while they are read.</summary>
    public IReadOnlyList<PerfEvent> Events => _catalog.Events;

    public PerfFeatures Features => _features.Features;

    /// <summary>Layouts of tracepoints that the recording holds, or was given.</summary>
    public IReadOnlyCollection<TracepointFormat> Formats => _catalog.Formats;

    /// <summary>The clock of all times.</summary>
    public RecordingClock Clock => new(Events.Count > 0 ? Events[0].Attribute.ClockId : null, _features.Features.Clock);

    /// <summary>The recorder was killed before it could note how much it wrote: the end, and names and layouts of events, are missing.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>Written with <c>perf record -o -</c>.</summary>
    public bool IsPipe => _header.IsPipe;

    /// <summary>The buffers kept only what was newest (<c>perf record --overwrite</c>).</summary>
    public bool KeepsNewestOnly => Events.Any(known => known.Attribute.IsBackward);

    /// <summary>What was wrong so far; grows as records are read.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _log.Items;

    /// <summary>True for the first eight bytes of any recording, also of one that cannot be read.</summary>
    public static bool IsPerfData(ReadOnlySpan<byte> head) => FileHeader.IsPerfData(head);

    /// <summary>Opens a file.</summary>
    /// <exception cref="MalformedDataException">It is no recording that can be read.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PerfRecording Open(string path, PerfRecordingOptions? options = null)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new PerfRecording(file, path, options ?? new PerfRecordingOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens what comes from a pipe, such as standard input, after reading it to its end into a temporary file that has no name.</summary>
    /// <exception cref="MalformedDataException">It is no recording that can be read.</exception>
    /// <exception cref="IOException">It cannot be read, or the temporary folder is full.</exception>
    public static PerfRecording Open(Stream stream, string name, PerfRecordingOptions? options = null)
    {
        MappedFile file = SpooledFile.Map(stream);
        try
        {
            return new PerfRecording(file, name, options ?? new PerfRecordingOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Starts reading all records in the order of time.</summary>
    public PerfRecordReader OpenReader() => new(this, OpenScanner(_data.Offset), _log);

    /// <summary>Hits of faultline's probes in the order of time. Lazy; other records are passed over.</summary>
    public IEnumerable<ProbeEvent> EnumerateProbeEvents()
    {
        using PerfRecordReader reader = OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadProbe(out ProbeEvent probe))
                yield return probe;
        }
    }

    public void Dispose() => _file.Dispose();

    internal PerfEvent? FindEvent(ulong id) => _catalog.Find(id);

    /// <summary>The processor whose buffer holds the samples with this id; -1 when not known.</summary>
    internal int FindCpu(ulong id) => _catalog.FindCpu(id);

    /// <summary>Takes in a record that describes the recording instead of the program. Each counts once, however many readers pass it.</summary>
    internal void ReadMetadata(RecordScanner scanner)
    {
        if (HeldBlocks.IsPlace(scanner.Position) || scanner.Position < _metadataEnd)
            return;
        ReadOnlySpan<byte> payload = scanner.At(scanner.Position, out RecordHeader header, out long offset);
        _metadataEnd = offset + header.RecordSize;
        long payloadOffset = offset + RecordHeader.Size;
        switch (header.Type)
        {
            case PerfRecordType.HeaderAttribute when _header.IsPipe && payload.Length >= PerfEventAttribute.SmallestSize:
                int size = (int)Math.Clamp(BitConverter.ToUInt32(payload[4..]), PerfEventAttribute.SmallestSize, (uint)payload.Length);
                _catalog.Add(payload[..size], payload[size..], payloadOffset + size);
                break;
            case PerfRecordType.HeaderTracingData when _file.TrySlice(scanner.FollowingOffset, scanner.FollowingSize, out ReadOnlySpan<byte> tracing):
                _features.Read(FeatureKind.TracingData, tracing, scanner.FollowingOffset);
                break;
            case PerfRecordType.HeaderFeature when payload.Length >= sizeof(ulong):
                _features.Read((FeatureKind)BitConverter.ToUInt32(payload), payload[sizeof(ulong)..], payloadOffset + sizeof(ulong));
                break;
            case PerfRecordType.HeaderBuildId:
                _features.ReadBuildId(header.Misc, payload);
                break;
            case PerfRecordType.IdIndex:
                _catalog.ReadIdIndex(payload);
                break;
            case PerfRecordType.EventUpdate:
                EventUpdate.Read(payload, _catalog);
                break;
            default:
                break;
        }
    }

    private RecordScanner OpenScanner(long start) => new(_file, start, _data.Offset + _data.Size, _log);

    private FileSection FindData()
    {
        FileSection data = _header.Data;
        long rest = _file.Length - data.Offset;
        if (!_header.IsPipe && data.Size == 0)
        {
            IsUnfinished = true;
            _log.Add(PerfDiagnostics.Unfinished, DiagnosticSeverity.Warning, offset: null, "the recorder was killed before it finished the file: all records up to the end are used, but the names of events and the facts about the machine are missing");
            return data with { Size = rest };
        }

        if (data.Size <= rest)
            return data;
        IsUnfinished = true;
        _log.Add(PerfDiagnostics.Truncated, DiagnosticSeverity.Warning, offset: null, $"the file is cut off: {data.Size - rest} bytes of records are missing, and the names of events and the facts about the machine that follow them");
        return data with { Size = rest };
    }

    private void ReadAttributes()
    {
        int rowSize = _header.AttributeSize;
        int size = rowSize - FileSection.StructureSize;
        if (size is < PerfEventAttribute.SmallestSize or > PerfLimits.AttributeSize)
            throw new MalformedDataException(Name, 0, "header of the recording", $"an event cannot be described in {rowSize} bytes");
        for (long row = 0; row < _header.Attributes.Size / rowSize && row <= PerfLimits.EventCount; row++)
        {
            long offset = _header.Attributes.Offset + (row * rowSize);
            if (!_file.TrySlice(offset, rowSize, out ReadOnlySpan<byte> bytes))
            {
                _log.Add(PerfDiagnostics.BrokenFeature, DiagnosticSeverity.Warning, offset, "the description of an event lies outside the file; it and those after it were left out");
                return;
            }

            ByteCursor cursor = new(bytes[size..], Name, "place of an event's ids", offset + size);
            FileSection ids = FileSection.Read(ref cursor);
            if (!_file.TrySlice(ids.Offset, ids.Size, out ReadOnlySpan<byte> idBytes))
                _log.Add(PerfDiagnostics.BrokenFeature, DiagnosticSeverity.Warning, offset, "the ids of an event lie outside the file; its samples cannot be told");
            _catalog.Add(bytes[..size], idBytes, ids.Offset);
        }
    }

    private void ReadFeatures()
    {
        long row = _data.Offset + _data.Size;
        foreach (int feature in _header.Features)
        {
            FileSection section = default;
            if (_file.TrySlice(row, FileSection.StructureSize, out ReadOnlySpan<byte> bytes))
            {
                ByteCursor cursor = new(bytes, Name, "place of a header section", row);
                section = FileSection.Read(ref cursor);
            }

            if (section.Offset == 0 || !_file.TrySlice(section.Offset, section.Size, out ReadOnlySpan<byte> content))
                _log.Add(PerfDiagnostics.BrokenFeature, DiagnosticSeverity.Warning, row, $"header section {(FeatureKind)feature} lies outside the file; it counts as absent");
            else
                _features.Read((FeatureKind)feature, content, section.Offset);
            row += FileSection.StructureSize;
        }
    }

    // A pipe describes its events before their first sample.
    private void ReadLeadingMetadata()
    {
        using RecordScanner scanner = OpenScanner(_data.Offset);
        while (scanner.MoveNext() && scanner.Header.Type is not (PerfRecordType.Sample or PerfRecordType.FinishedRound) && !HeldBlocks.IsPlace(scanner.Position))
            ReadMetadata(scanner);
    }

    private void RemarkMissingFormats()
    {
        foreach (PerfEvent known in Events)
        {
            if (known.Attribute.Type == PerfEventType.Tracepoint && known.Format is null)
                _log.Add(PerfDiagnostics.BrokenFormat, DiagnosticSeverity.Warning, offset: null, $"the layout of tracepoint {known.Attribute.Config} is not known; its fields, and its name if that is missing too, cannot be read");
        }
    }
}
