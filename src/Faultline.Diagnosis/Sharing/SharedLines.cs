using System.Globalization;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Layouts;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Sharing;

/// <summary>
/// Cache lines that different goroutines were seen to share: in recordings of probes by the objects of the operations, in recordings of data addresses
/// (<c>perf mem</c>, <c>perf c2c</c>, breakpoints) by thread and word, in a memory by who waits for what.
/// </summary>
public sealed class SharedLines
{
    private const int MostSites = 1 << 16;
    private const int MostListed = 1024;
    private const int WordSize = 8;
    private const int Sampled = 1 << 8;
    private const int SampledWrite = 1 << 9;

    private readonly GoBinary _binary;
    private readonly ProgramImage _image;
    private readonly TouchedBytes _bytes;
    private readonly DataNames _names;
    private readonly RecordedProgram _program;
    private readonly SharingFinder _fields;
    private readonly HashSet<int> _mapped = [];
    private readonly int _lineSize;
    private readonly Dictionary<(int Process, ulong Site), SourceFrame?> _places = [];

    /// <param name="code">The program's code.</param>
    /// <param name="catalog">Its types.</param>
    /// <param name="lineSize">Bytes of a line.</param>
    /// <param name="loadBias">What a position-independent program was shifted by, where the recording does not tell.</param>
    public SharedLines(ProgramCode code, LayoutCatalog catalog, int lineSize, ulong? loadBias = null)
    {
        _binary = code.Binary;
        _image = new ProgramImage(code.Binary, code, new SourceFiles([]));
        _bytes = new TouchedBytes(catalog);
        _names = new DataNames(code.Binary, catalog);
        _program = new RecordedProgram(code.Binary, loadBias);
        _fields = new SharingFinder(code, catalog, lineSize);
        _lineSize = lineSize;
    }

    /// <summary>Reads a recording once.</summary>
    /// <param name="recording">The caller keeps and disposes it.</param>
    public SeenSharing Of(PerfRecording recording)
    {
        // Apart, because one goroutine's operation and its own thread's access are no two parties.
        LineTraffic objects = new(_lineSize), words = new(_lineSize);
        bool hasSnoop = false;
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadProbe(out ProbeEvent probe))
                Add(objects, probe);
            else if (record.TryReadMapping(out MappingRecord mapping))
                AddMapping(mapping);
            else if (record.TryReadThreadName(out ThreadNameRecord name) && name.IsExec && record.Time > 0)
                Forget(name.ProcessId);
            else if (record.Type == PerfRecordType.Sample && record.Event is { } source && IsDataAccess(source) && record.TryReadSample(out PerfSample sample))
                hasSnoop |= Add(words, sample, source);
        }

        List<SeenLine> lines = [];
        foreach (var (process, line, shared) in objects.Shared().Concat(words.Shared()))
        {
            lines.Add(new SeenLine(line, process, [.. shared.Touches.GroupBy(touch => touch.Key.Object).OrderBy(same => same.Key).Select(same => Describe(process, same))])
            {
                TurnCount = shared.TurnCount,
                CrossingCount = shared.CrossingCount,
                ModifiedElsewhereCount = hasSnoop ? shared.ModifiedElsewhereCount : null,
            });
        }

        List<string> notes = [];
        if (lines.Count > 0 && lines.TrueForAll(line => BiasOf(line.ProcessId) is null))
            notes.Add("none of its processes is known to have run this program, so nothing is named");
        if (lines.Count > MostListed)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{lines.Count - MostListed} more lines are not listed"));
        if (objects.IsCut || words.IsCut)
            notes.Add("there were more lines or touches than are followed at once");
        if (!reader.Losses.IsNone || recording.KeepsNewestOnly)
            notes.Add("the recording does not have everything that happened");
        IEnumerable<SeenLine> order = lines.OrderByDescending(line => line.ModifiedElsewhereCount).ThenByDescending(line => line.CrossingCount ?? line.TurnCount).ThenBy(line => line.Address);
        return new SeenSharing(recording.Name, _lineSize, [.. order.Take(MostListed)]) { TouchCount = objects.Count + words.Count, Note = notes.Count > 0 ? string.Join("; ", notes) : null };
    }

    /// <summary>Finds lines in what goroutines wait for and hold.</summary>
    /// <param name="graph">Of a core or a process.</param>
    /// <param name="source">What it is of.</param>
    /// <param name="loadBias">What the program was shifted by.</param>
    public SeenSharing Of(WaitGraph graph, string source, ulong loadBias)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<string, WaitNode> nodes = graph.Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        Dictionary<ulong, List<(WaitNode Object, WaitNode Goroutine, WaitEdgeKind Kind)>> lines = [];
        long count = 0;
        foreach (WaitEdge edge in graph.Edges)
        {
            if (!nodes.TryGetValue(edge.From, out WaitNode? goroutine) || !nodes.TryGetValue(edge.To, out WaitNode? target) || goroutine.Goroutine is null || target.Address is not { } address
                || edge.Kind is WaitEdgeKind.CouldWake or WaitEdgeKind.UnblockedBefore or WaitEdgeKind.CodeCouldWake || _bytes.Of(target.Kind, edge.Kind) is not { } bytes)
                continue;
            count++;
            foreach (ulong line in LineTraffic.LinesOf(address + (ulong)bytes.Offset, bytes.Size, _lineSize))
            {
                if (!lines.TryGetValue(line, out var touches))
                    lines.Add(line, touches = []);
                touches.Add((target, goroutine, edge.Kind));
            }
        }

        // Different goroutines at different objects: neither one object only nor one goroutine only.
        var shared = lines.Where(line => line.Value.Select(touch => touch.Object.Address).Distinct().Skip(1).Any() && line.Value.Select(touch => touch.Goroutine.Goroutine).Distinct().Skip(1).Any())
            .OrderByDescending(line => line.Value.Sum(touch => touch.Goroutine.Count)).ThenBy(line => line.Key).ToList();
        return new SeenSharing(source, _lineSize, [.. shared.Take(MostListed).Select(line => new SeenLine(line.Key, 0, [.. line.Value.GroupBy(touch => touch.Object).OrderBy(same => same.Key.Address).Select(same => Describe(same, loadBias))]))])
        {
            TouchCount = count,
            Note = shared.Count > MostListed ? string.Create(CultureInfo.InvariantCulture, $"{shared.Count - MostListed} more lines are not listed") : null,
        };
    }

    private SeenObject Describe(IGrouping<WaitNode, (WaitNode Object, WaitNode Goroutine, WaitEdgeKind Kind)> touches, ulong loadBias)
    {
        WaitNode target = touches.Key;
        return new SeenObject(target.Address!.Value, NameOf(target.Address.Value, loadBias) ?? WaitWords.Name(target.Kind),
            [.. touches.Select(touch => new SeenTouch(touch.Goroutine.Goroutine!.Value, false, WaitWords.Verb(touch.Kind), touch.Goroutine.Function, touch.Goroutine.File, touch.Goroutine.Line, touch.Goroutine.Count))]);
    }

    private SeenObject Describe(int process, IGrouping<ulong, KeyValuePair<Touch, long>> touches)
    {
        int what = touches.First().Key.What;
        string kind = what >= Sampled ? "" : RecordedPlace.OperationOf((ProbeKind)what) switch
        {
            Accesses.AccessOperation.ChanSend or Accesses.AccessOperation.ChanReceive or Accesses.AccessOperation.ChanClose => "channel",
            Accesses.AccessOperation.Lock or Accesses.AccessOperation.Unlock => "lock",
            _ => "map",
        };
        string? name = BiasOf(process) is { } bias ? NameOf(touches.Key, bias) ?? FieldOf(touches, bias) : null;
        return new SeenObject(touches.Key, name ?? kind,
            [.. touches.OrderByDescending(touch => touch.Value).ThenBy(touch => touch.Key.Who).Select(touch => Describe(process, touch.Key, touch.Value))]);
    }

    private SeenTouch Describe(int process, in Touch touch, long count)
    {
        SourceFrame? place = _places.GetValueOrDefault((process, touch.Site));
        bool isThread = touch.What >= Sampled;
        string operation = touch.What switch
        {
            Sampled | SampledWrite => "writes",
            >= Sampled => "reads",
            _ => Word((ProbeKind)touch.What),
        };
        return new SeenTouch(touch.Who, isThread, operation, place?.Function ?? "", place?.File ?? "", place?.Line ?? 0, count);
    }

    /// <summary>The field that the writes of a sampled word go to, by their instructions; null when they do not agree, or nothing is known.</summary>
    private string? FieldOf(IGrouping<ulong, KeyValuePair<Touch, long>> touches, ulong bias)
    {
        List<string> names = [.. touches.Where(touch => touch.Key is { IsWrite: true, What: >= Sampled }).Select(touch => _fields.FieldAt(touch.Key.Site - bias)).OfType<string>().Distinct(StringComparer.Ordinal)];
        return names is [var only] ? only : null;
    }

    private string? NameOf(ulong address, ulong bias) => address >= bias ? _names.NameOf(address - bias) : null;

    private static string Word(ProbeKind kind) => kind switch
    {
        ProbeKind.MapWrite => "writes",
        ProbeKind.MapDelete => "deletes",
        ProbeKind.MapClear => "clears",
        ProbeKind.ChanSend => "sends",
        ProbeKind.ChanReceive => "receives",
        ProbeKind.ChanClose => "closes",
        ProbeKind.Lock => "locks",
        ProbeKind.Unlock => "unlocks",
        ProbeKind.ReadLock => "locks to read",
        _ => "unlocks after reading",
    };

    private void Add(LineTraffic traffic, in ProbeEvent probe)
    {
        if (probe.ObjectAddress == 0 || probe.Goroutine == 0 || _bytes.Of(probe.Kind) is not { } bytes)
            return;
        ulong site = probe.ReturnAddress != 0 ? probe.ReturnAddress : probe.ProbeAddress;
        if (probe.ReturnAddress != 0 && probe.Detail != 0 && RecordedAccess.HasOuterReturn(probe.Kind) && _program.IsMapCode(probe.ProcessId, site))
            site = probe.Detail;
        if (IsNew(probe.ProcessId, site))
            _places.Add((probe.ProcessId, site), RecordedPlace.Of(probe, BiasOf(probe.ProcessId), _image).User);
        traffic.Add(probe.ProcessId, probe.ObjectAddress + (ulong)bytes.Offset, bytes.Size, new Touch(probe.ObjectAddress, (long)probe.Goroutine, (int)probe.Kind, site, probe.Cpu, IsWrite: true));
    }

    /// <summary>Breakpoints, and events whose processor says what the access was.</summary>
    private static bool IsDataAccess(PerfEvent source) =>
        source.Attribute.SampleFields.HasFlag(SampleFields.Address) && source.Attribute.Type is not (PerfEventType.Software or PerfEventType.Tracepoint)
        && (source.Attribute.Type == PerfEventType.Breakpoint || source.Attribute.SampleFields.HasFlag(SampleFields.DataSource));

    /// <summary>True when the processor tells where the line was.</summary>
    private bool Add(LineTraffic traffic, in PerfSample sample, PerfEvent source)
    {
        DataSource data = new(sample.DataSource);
        bool isBreakpoint = source.Attribute.Type == PerfEventType.Breakpoint;
        // A breakpoint for both does not tell which it was.
        bool isWrite = isBreakpoint ? source.Attribute.BreakpointAccess == 2 : data.IsStore;
        if (sample.DataAddress == 0 || (!isBreakpoint && data is { IsLoad: false, IsStore: false }) || sample.ThreadId < 0)
            return false;
        // A breakpoint stops after the access.
        ulong site = isBreakpoint ? sample.InstructionPointer - 1 : sample.InstructionPointer;
        if (IsNew(sample.ProcessId, site))
            _places.Add((sample.ProcessId, site), PlaceOf(sample.ProcessId, site));
        ulong word = sample.DataAddress & ~(ulong)(WordSize - 1);
        traffic.Add(sample.ProcessId, word, WordSize, new Touch(word, sample.ThreadId, isWrite ? Sampled | SampledWrite : Sampled, site, sample.Cpu, isWrite), data.IsModifiedElsewhere);
        return data.HasSnoop;
    }

    /// <summary>Null for a process that mapped other code only: it ran another program, and this one's names say nothing of it.</summary>
    private ulong? BiasOf(int process) => _mapped.Contains(process) && !_program.IsMapped(process) ? null : _program.BiasOf(process);

    private bool IsNew(int process, ulong site) => _places.Count < MostSites && !_places.ContainsKey((process, site));

    private SourceFrame? PlaceOf(int process, ulong address)
    {
        if (BiasOf(process) is not { } bias)
            return null;
        var frames = _binary.ResolveFrames(address - bias);
        foreach (SourceFrame frame in frames)
        {
            if (!GoPackage.CarriesMapOperations(frame.Function) && !GoPackage.CarriesSynchronisation(frame.Function))
                return frame;
        }

        return frames.Count > 0 ? frames[0] : null;
    }

    private void Forget(int process)
    {
        _program.Forget(process);
        _mapped.Remove(process);
    }

    private void AddMapping(in MappingRecord mapping)
    {
        if (mapping.IsData || mapping.Path is not [(byte)'/', not (byte)'/', ..])
            return;
        _mapped.Add(mapping.ProcessId);
        _program.AddMapping(mapping.ProcessId, mapping.StartAddress, mapping.Size, mapping.FileOffset, System.Text.Encoding.UTF8.GetString(mapping.Path));
    }
}
