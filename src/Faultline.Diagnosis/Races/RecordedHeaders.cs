using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Tracepoints;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>A probe that fetched slice headers at an access.</summary>
/// <param name="Address">Link-time address of the instruction.</param>
/// <param name="Function">The function whose access it is.</param>
/// <param name="Line">One-based.</param>
/// <param name="Slices">The slices in the order of their fields, with the bytes of an element.</param>
public sealed record SliceProbe(ulong Address, string Function, int Line, IReadOnlyList<(string Name, long ElementSize)> Slices);

/// <summary>The slice headers that a recording holds for the accesses of race reports. Memory is bounded: only accesses at addresses asked for are kept.</summary>
public sealed class RecordedHeaders
{
    private const int MostHits = 1 << 16;
    private const int MostHeaders = 16;

    private readonly string _source;
    private readonly string? _logPath;
    private readonly Dictionary<ulong, SliceProbe> _probes;
    private readonly Dictionary<(ulong Probe, ulong Object, int Process), HashSet<Header>> _hits = [];
    private readonly HashSet<int> _processes = [];
    private readonly List<string> _losses = [];
    private bool _isCut;

    private RecordedHeaders(Recording read, string? logPath, IReadOnlyList<SliceProbe> probes)
    {
        _source = read.Source;
        IsOverwritten = read.IsOverwritten;
        if (read.IsOverwritten)
            _losses.Add("its ring kept the newest hits only");
        if (read.LostCount > 0)
            _losses.Add(string.Create(CultureInfo.InvariantCulture, $"{read.LostCount} records were lost"));
        else if (read.HasUnplacedLoss)
            _losses.Add("some records were lost");
        if (read.CompleteUntil is not null)
            _losses.Add("it is cut off");
        _logPath = logPath is null ? null : Path.GetFullPath(logPath);
        _probes = probes.DistinctBy(probe => probe.Address).ToDictionary(probe => probe.Address);
    }

    /// <param name="recording">The caller keeps and disposes it.</param>
    /// <param name="read">The same one, as it was read.</param>
    /// <param name="probes">What was probed.</param>
    /// <param name="loadBias">What to add to link-time addresses.</param>
    /// <param name="logPath">The log that was recorded with it; null when there is none.</param>
    /// <param name="addresses">Addresses of accesses in reports.</param>
    public static RecordedHeaders Read(PerfRecording recording, Recording read, IReadOnlyList<SliceProbe> probes, ulong loadBias, string? logPath, IEnumerable<ulong> addresses)
    {
        RecordedHeaders headers = new(read, logPath, probes);
        SortedSet<ulong> wanted = [.. addresses];
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadProbe(out ProbeEvent probe) && probe.Kind == ProbeKind.SliceAccess)
                headers.Add(record, probe, loadBias, wanted);
        }

        return headers;
    }

    /// <summary>True when the recording is of the run that printed the log.</summary>
    internal bool IsOf(LogOrigin log) => RunOf(log, out _).IsUsed;

    /// <summary>The ring came round: what it held first is gone.</summary>
    internal bool IsOverwritten { get; }

    /// <summary>What the recording lacks, as the end of a sentence; empty when it is whole.</summary>
    private string Kept => _losses.Count == 0 && !_isCut
        ? ""
        : $". The recording is not whole ({string.Join(", ", _isCut ? [.. _losses, "it has more headers than are looked at"] : _losses)}): other slices may have been there as well";

    /// <summary>The slices that were in reach at the report's accesses, with the run that they are of; why none when the basis is <see cref="SameRunBasis.None"/>.</summary>
    internal RaceHeaderSet Find(LogOrigin log, RaceReport report)
    {
        SameRun run = RunOf(log, out int? process);
        if (!run.IsUsed)
            return new RaceHeaderSet(run, [], null);
        List<SliceSpan> all = [];
        for (int side = 0; side < Math.Min(report.Accesses.Count, 2); side++)
            all.AddRange(SlicesAt(report.Accesses[side], side, process));
        // Of two words the first is the pointer where it can be one: lengths are far smaller than addresses.
        all.RemoveAll(slice => slice.Refusal is not null || slice.Pointer < report.Accesses.Min(access => access.Address) / 2);
        List<SliceSpan> found = [];
        foreach (IGrouping<(string, ulong, long, long, long), SliceSpan> same in all.GroupBy(slice => (slice.Name, slice.Pointer, slice.Length, slice.Capacity, slice.ElementSize)))
            found.Add(same.Select(slice => slice.Side).Distinct().Count() > 1 ? same.First() with { Side = null } : same.First());
        List<SliceSpan> holders = found.FindAll(slice => report.Accesses.Any(access => slice.Holds(access.Address)));
        if (holders.Count == 0)
            return new RaceHeaderSet(new SameRun(SameRunBasis.None, $"{_source} has no slice that holds the address at these lines{Kept}"), [], null);
        (ulong start, ulong end) = (holders.Min(slice => slice.Pointer), holders.Max(slice => slice.End));
        return new RaceHeaderSet(run with { Because = run.Because + Kept }, found.FindAll(slice => slice.Pointer < end && slice.End > start), null);
    }

    private void Add(in PerfRecord record, in ProbeEvent hit, ulong loadBias, SortedSet<ulong> addresses)
    {
        if (!_probes.TryGetValue(hit.ProbeAddress - loadBias, out SliceProbe? probe) || record.Event?.Format is not { } format || !record.TryReadSample(out PerfSample sample))
            return;
        _processes.Add(hit.ProcessId);
        bool isRange = format.FindField("detail") is not null;
        if (!isRange && !addresses.Contains(hit.ObjectAddress))
            return;
        for (int index = 0; index < probe.Slices.Count; index++)
        {
            if (Word(format, sample, index, 'p') is not (> 0 and var pointer))
                continue;
            Header header = new(index, pointer, (long?)Word(format, sample, index, 'l'), (long?)Word(format, sample, index, 'c'));
            if (!isRange)
                Keep(probe, hit.ObjectAddress, hit.ProcessId, header);
            else
                AddRange(probe, hit, header, addresses);
        }
    }

    /// <summary>Of an access to a range the report names any byte, so every address from its beginning to the slice's end counts.</summary>
    private void AddRange(SliceProbe probe, in ProbeEvent hit, Header header, SortedSet<ulong> addresses)
    {
        SliceSpan span = new("", header.Pointer, header.Length ?? 0, header.Capacity ?? header.Length ?? 0, probe.Slices[header.Slice].ElementSize);
        if (span.Refusal is not null)
            return;
        foreach (ulong start in (ReadOnlySpan<ulong>)[hit.ObjectAddress, hit.Detail])
        {
            if (!span.Holds(start))
                continue;
            foreach (ulong address in addresses.GetViewBetween(start, span.End - 1))
                Keep(probe, address, hit.ProcessId, header);
        }
    }

    private void Keep(SliceProbe probe, ulong address, int process, Header header)
    {
        var key = (probe.Address, address, process);
        if (!_hits.TryGetValue(key, out HashSet<Header>? headers))
        {
            _isCut |= _hits.Count >= MostHits;
            if (_hits.Count >= MostHits)
                return;
            _hits.Add(key, headers = []);
        }

        if (headers.Count < MostHeaders * probe.Slices.Count)
            headers.Add(header);
        else
            _isCut |= !headers.Contains(header);
    }

    private static ulong? Word(TracepointFormat format, in PerfSample sample, int index, char part) =>
        format.FindField(string.Create(CultureInfo.InvariantCulture, $"s{index}{part}"))?.ReadNumber(sample.Raw);

    private List<SliceSpan> SlicesAt(RaceAccess access, int side, int? process)
    {
        List<SliceSpan> found = [];
        if (access.Stack.UserFrame is not { } frame)
            return [];
        foreach (SliceProbe probe in _probes.Values.Where(probe => probe.Line == frame.Line && probe.Function == frame.Function))
        {
            IEnumerable<Header> headers = _hits.Where(hit => hit.Key.Probe == probe.Address && hit.Key.Object == access.Address && (process is null || hit.Key.Process == process)).SelectMany(hit => hit.Value).Distinct();
            foreach (IGrouping<int, Header> slice in headers.GroupBy(header => header.Slice))
            {
                (string name, long size) = probe.Slices[slice.Key];
                List<Header> different = [.. slice];
                for (int index = 0; index < different.Count; index++)
                    found.Add(SpanOf(different[index], name, size, access.Address, frame, different.Count == 1 ? 0 : index + 1, different.Count) with { Side = side });
            }
        }

        // A slice of unknown length is no answer where one of known length holds the element.
        bool isAnswered = found.Exists(slice => slice.IsLengthKnown && slice.Refusal is null && slice.Holds(access.Address));
        return found.FindAll(slice => slice.IsLengthKnown || !isAnswered);
    }

    private SliceSpan SpanOf(Header header, string name, long size, ulong address, RaceFrame frame, int number, int count)
    {
        // What the code does not keep is as long as the access needs it to be.
        long reached = address >= header.Pointer ? (long)Math.Min((address - header.Pointer) / (ulong)size, long.MaxValue / 2) + 1 : 0;
        long length = header.Length ?? Math.Min(reached, header.Capacity ?? long.MaxValue);
        string unsure = (header.Length, header.Capacity) switch
        {
            (null, _) => ", where its length is not kept: that it reaches the element is taken from the access",
            (_, null) => ", where the code keeps one of length and capacity",
            _ => "",
        };
        string several = number > 0 ? string.Create(CultureInfo.InvariantCulture, $", one of {count} headers that were seen there with this address") : "";
        return new SliceSpan(number > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name} #{number}") : name, header.Pointer, length, header.Capacity ?? length, size)
        {
            IsLengthKnown = header.Length is not null,
            IsCapacityKnown = header.Capacity is not null,
            Origin = string.Create(CultureInfo.InvariantCulture, $"{_source}: at {frame.Function}, line {frame.Line}{unsure}{several}"),
        };
    }

    private SameRun RunOf(LogOrigin log, out int? process)
    {
        process = null;
        if (_logPath is not null && log.Source != "-" && Path.GetFullPath(log.Source) == _logPath)
            return new SameRun(SameRunBasis.Recording, "the log was recorded with the headers");
        string last = log.Source[(log.Source.LastIndexOf('.') + 1)..];
        if (!log.Source.Contains('.', StringComparison.Ordinal) || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int named))
            return new SameRun(SameRunBasis.None, $"{_source} is not used: nothing shows that it is of the run that printed the report. Give the recording's folder alone, which has the log of its run");
        process = named;
        return _processes.Contains(named)
            ? new SameRun(SameRunBasis.ProcessId, string.Create(CultureInfo.InvariantCulture, $"the log's name ends in the id of the recorded process, {named}"))
            : new SameRun(SameRunBasis.None, string.Create(CultureInfo.InvariantCulture, $"{_source} is not used: the log is that of process {named}, which is not recorded in it"));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Header(int Slice, ulong Pointer, long? Length, long? Capacity);
}
