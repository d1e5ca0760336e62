using System.Globalization;
using System.Text;
using Faultline.Binaries;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Appends;

/// <summary>Joins recorded growths of slices with later uses of the arrays that they left. One pass in the order of time; memory is bounded.</summary>
public sealed class ArrayUseReader
{
    private const int MostLinePairs = 4096;

    private readonly GoBinary? _binary;
    private readonly RecordedProgram _program;
    private readonly ProgramImage _image;
    private readonly Dictionary<(int Process, ulong Goroutine), Growth> _growing = [];
    private readonly Dictionary<int, LeftArrays> _left = [];
    private readonly Dictionary<int, ulong> _collections = [];
    private readonly Dictionary<ulong, ArrayPlace> _places = [];
    private readonly Dictionary<(ulong Append, ulong Access, bool IsWrite, bool IsSure), Meeting> _meetings = [];
    private bool _isCut;
    private long _growths;
    private long _accesses;
    private long _unknown;

    private ArrayUseReader(GoBinary? binary, ulong? loadBias)
    {
        _binary = binary;
        _program = new RecordedProgram(binary, loadBias);
        _image = new ProgramImage(binary, null, new SourceFiles([]));
    }

    /// <param name="recording">The caller keeps and disposes it.</param>
    /// <param name="binary">The recorded program; without it there are no lines, and only the first byte of an array counts as the array.</param>
    /// <param name="loadBias">What to add to link-time addresses where no mapping was recorded; null when unknown.</param>
    public static ArrayUses Read(PerfRecording recording, GoBinary? binary, ulong? loadBias = null)
    {
        ArrayUseReader joined = new(binary, loadBias);
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadMapping(out MappingRecord mapping) && mapping.Path is [(byte)'/', not (byte)'/', ..])
                joined._program.AddMapping(mapping.ProcessId, mapping.StartAddress, mapping.Size, mapping.FileOffset, Encoding.UTF8.GetString(mapping.Path));
            else if (record.TryReadProbe(out ProbeEvent probe))
                joined.Add(probe);
        }

        return joined.Finish(recording, reader.Losses);
    }

    private void Add(in ProbeEvent probe)
    {
        switch (probe.Kind)
        {
            case ProbeKind.SliceLeave when probe.Goroutine != 0 && _growing.Count < LeftArrays.Most:
                _growing[(probe.ProcessId, probe.Goroutine)] = new Growth(probe.Time, probe.Goroutine, probe.ObjectAddress, Extent(probe));
                break;
            case ProbeKind.SliceGrown:
                _growths++;
                if (probe.Goroutine == 0)
                    _unknown++;
                else if (_growing.Remove((probe.ProcessId, probe.Goroutine), out Growth? growth) && growth.OldAddress != 0 && probe.ObjectAddress != growth.OldAddress)
                    _isCut |= !Left(probe.ProcessId).Add(growth with { EndTime = probe.Time, NewAddress = probe.ObjectAddress, ProbeAddress = probe.ProbeAddress });
                break;
            case ProbeKind.CollectionStart:
                _collections[probe.ProcessId] = probe.Time;
                break;
            case ProbeKind.ArrayRead or ProbeKind.ArrayWrite:
                _accesses++;
                if (probe.Goroutine == 0)
                    _unknown++;
                if (Left(probe.ProcessId).Find(probe.ObjectAddress) is { } left && left.Goroutine != probe.Goroutine)
                    Meet(left, probe);
                break;
        }
    }

    private void Meet(Growth growth, in ProbeEvent probe)
    {
        bool isSure = probe.Goroutine != 0 && _collections.GetValueOrDefault(probe.ProcessId) < growth.StartTime;
        var key = (growth.ProbeAddress, probe.ProbeAddress, probe.Kind == ProbeKind.ArrayWrite, isSure);
        if (_meetings.TryGetValue(key, out Meeting? known))
            known.Count++;
        else if (_meetings.Count < MostLinePairs)
            _meetings.Add(key, new Meeting(growth, probe, isSure) { AppendPlace = PlaceOf(growth.ProbeAddress - 1, probe.ProcessId), AccessPlace = PlaceOf(probe.ProbeAddress, probe.ProcessId) });
        else
            _isCut = true;
    }

    /// <summary>Bytes of the old array; 1 where the element type is not known, so that only its start counts.</summary>
    private ulong Extent(in ProbeEvent probe)
    {
        ulong bias = _program.BiasOf(probe.ProcessId) ?? 0;
        ulong size = probe.TypeAddress == 0 || _binary?.FindType(probe.TypeAddress - bias) is not { } type ? 0 : type.Size;
        return size is > 0 and < 1UL << 32 && probe.Detail is > 0 and < 1UL << 31 ? size * probe.Detail : 1;
    }

    private LeftArrays Left(int process)
    {
        if (!_left.TryGetValue(process, out LeftArrays? arrays))
            _left.Add(process, arrays = new LeftArrays());
        return arrays;
    }

    private ArrayPlace PlaceOf(ulong address, int process)
    {
        if (_binary is null || _program.BiasOf(process) is not { } bias)
            return new ArrayPlace("", "", 0, address);
        if (_places.TryGetValue(address - bias, out ArrayPlace? known))
            return known;
        var frames = _binary.ResolveFrames(address - bias);
        ArrayPlace place = frames.Count == 0 ? new ArrayPlace("", "", 0, address - bias) : new ArrayPlace(frames[0].Function, _image.Sources.Map(frames[0].File), frames[0].Line, address - bias);
        if (_places.Count < MostLinePairs * 2)
            _places.Add(address - bias, place);
        return place;
    }

    private ArrayUses Finish(PerfRecording recording, RecordingLosses losses)
    {
        List<string> remarks = [];
        bool seesCollections = recording.Events.Any(known => known.Probe is { Kind: ProbeKind.CollectionStart } && known.IsEveryHitRecorded);
        if (!seesCollections)
            remarks.Add("no probe told when collections of garbage start, so memory may have been used again unseen: record with 'faultline record --mode append'");
        if (losses.LostRecordCount > 0 || losses.HasUnplacedLoss)
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the recorder lost {losses.LostRecordCount} records{(losses.HasUnplacedLoss ? ", and others at times that are not known" : "")}: meetings may be missing, and none that a loss touches is confirmed"));
        if (losses.CompleteUntil is not null)
            remarks.Add("the recording was cut off; what came last may be missing");
        if (_unknown > 0)
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{_unknown} hits had no goroutine id"));
        if (_isCut)
            remarks.Add("there are more arrays or lines than are followed at a time; some meetings are missing");
        List<ArrayUse> uses = [.. _meetings.Values.Select(meeting => Judge(meeting, seesCollections, losses))];
        return new ArrayUses(
            [.. uses.OrderByDescending(use => use.IsWrite).ThenBy(use => use.Confidence == Confidence.Confirmed ? 0 : 1).ThenBy(use => use.Append.Address).ThenBy(use => use.Access.Address)],
            _growths, _accesses, _unknown, remarks);
    }

    private static ArrayUse Judge(Meeting meeting, bool seesCollections, RecordingLosses losses)
    {
        (ulong start, ulong end) = (meeting.Growth.StartTime, meeting.Probe.Time);
        string doubt = meeting.Probe.Goroutine == 0 ? "the goroutine of the access is not known"
            : !meeting.IsSure ? "a collection of garbage may have freed the array in between, and its memory may be used for something else"
            : !seesCollections ? "it is not known whether a collection of garbage freed the array in between"
            : losses.HasUnplacedLoss || losses.Gaps.Any(gap => gap.StartTime <= end && start <= gap.EndTime) || losses.CompleteFrom > start || losses.CompleteUntil < end
                ? "records of that time are missing, the start of a collection of garbage may be among them"
                : "";
        return new ArrayUse
        {
            Append = meeting.AppendPlace,
            Access = meeting.AccessPlace,
            IsWrite = meeting.Probe.Kind == ProbeKind.ArrayWrite,
            Confidence = doubt.Length == 0 ? Confidence.Confirmed : Confidence.Possible,
            Doubt = doubt,
            AppendGoroutine = meeting.Growth.Goroutine,
            AccessGoroutine = meeting.Probe.Goroutine,
            ProcessId = meeting.Probe.ProcessId,
            OldAddress = meeting.Growth.OldAddress,
            NewAddress = meeting.Growth.NewAddress,
            UsedAddress = meeting.Probe.ObjectAddress,
            Gap = meeting.Probe.Time - meeting.Growth.EndTime,
            Count = meeting.Count,
        };
    }

    private sealed class Meeting(Growth growth, ProbeEvent probe, bool isSure)
    {
        public Growth Growth { get; } = growth;

        public ProbeEvent Probe { get; } = probe;

        public bool IsSure { get; } = isSure;

        public required ArrayPlace AppendPlace { get; init; }

        public required ArrayPlace AccessPlace { get; init; }

        public long Count { get; set; } = 1;
    }
}
