using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf.Headers;

/// <summary>Reads the sections of the header, from the end of a file or from the records of a pipe. A malformed one counts as absent.</summary>
internal sealed class FeatureReader(EventCatalog catalog, DiagnosticLog log, string source)
{
    private const int BuildIdRecordSize = 36;
    private const int LongestBuildId = 20;
    private const ushort BuildIdSizeFlag = 1 << 15;

    private readonly List<RecordedBuildId> _buildIds = [];
    private PerfFeatures _features = new();

    public PerfFeatures Features => _features with { BuildIds = _buildIds };

    public void Read(FeatureKind kind, ReadOnlySpan<byte> bytes, long offset)
    {
        ByteCursor cursor = new(bytes, source, $"header section {kind}", offset);
        try
        {
            Read(kind, ref cursor, bytes, offset);
        }
        catch (MalformedDataException error)
        {
            log.Add(PerfDiagnostics.BrokenFeature, DiagnosticSeverity.Warning, error);
        }
    }

    /// <summary>One build id: <c>struct perf_record_header_build_id</c> without its header.</summary>
    public void ReadBuildId(ushort misc, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < BuildIdRecordSize - 8)
        {
            log.Add(PerfDiagnostics.BrokenFeature, DiagnosticSeverity.Warning, offset: null, "a build id is too short; it was dropped");
            return;
        }

        if (_buildIds.Count == PerfLimits.BuildIdCount)
        {
            log.Add(PerfDiagnostics.TooMany, DiagnosticSeverity.Warning, offset: null, $"more than {PerfLimits.BuildIdCount} build ids; the rest was dropped");
            return;
        }

        int size = (misc & BuildIdSizeFlag) != 0 ? Math.Min((int)payload[4 + LongestBuildId], LongestBuildId) : LongestBuildId;
        ReadOnlySpan<byte> path = payload[(BuildIdRecordSize - 8)..];
        int end = path.IndexOf((byte)0);
        _buildIds.Add(new RecordedBuildId(
            Encoding.UTF8.GetString(end < 0 ? path : path[..end]),
            Convert.ToHexStringLower(payload.Slice(4, size)),
            BitConverter.ToInt32(payload)));
    }

    private static string ReadText(ref ByteCursor cursor)
    {
        uint size = cursor.ReadUInt32();
        if (size > PerfLimits.TextSize)
            throw new MalformedDataException("", cursor.Offset, "string", "is too long");
        ReadOnlySpan<byte> bytes = cursor.ReadBytes((int)size);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static string[] ReadTexts(ref ByteCursor cursor)
    {
        uint count = cursor.ReadUInt32();
        if (count > PerfLimits.TextCount || count > cursor.Remaining / sizeof(uint))
            throw new MalformedDataException("", cursor.Offset, "list of strings", $"cannot hold {count}");
        string[] texts = new string[count];
        for (int index = 0; index < texts.Length; index++)
            texts[index] = ReadText(ref cursor);
        return texts;
    }

    private void Read(FeatureKind kind, ref ByteCursor cursor, ReadOnlySpan<byte> bytes, long offset)
    {
        switch (kind)
        {
            case FeatureKind.TracingData:
                catalog.AddFormats(TracingData.Read(bytes, offset, log, source));
                break;
            case FeatureKind.BuildId:
                ReadBuildIds(ref cursor);
                break;
            case FeatureKind.HostName:
                _features = _features with { HostName = ReadText(ref cursor) };
                break;
            case FeatureKind.KernelRelease:
                _features = _features with { KernelRelease = ReadText(ref cursor) };
                break;
            case FeatureKind.Version:
                _features = _features with { PerfVersion = ReadText(ref cursor) };
                break;
            case FeatureKind.Machine:
                _features = _features with { Machine = ReadText(ref cursor) };
                break;
            case FeatureKind.CpuDescription:
                _features = _features with { CpuDescription = ReadText(ref cursor) };
                break;
            case FeatureKind.CpuCount:
                _features = _features with { CpuCount = cursor.ReadInt32(), OnlineCpuCount = cursor.ReadInt32() };
                break;
            case FeatureKind.TotalMemory:
                // In kilobytes, as /proc/meminfo has it.
                _features = _features with { TotalMemorySize = (long)Math.Min(cursor.ReadUInt64(), long.MaxValue / 1024) * 1024 };
                break;
            case FeatureKind.CommandLine:
                _features = _features with { CommandLine = ReadTexts(ref cursor) };
                break;
            case FeatureKind.EventDescription:
                ReadEventDescriptions(ref cursor);
                break;
            case FeatureKind.SampleTime:
                _features = _features with { SampleTimes = (cursor.ReadUInt64(), cursor.ReadUInt64()) };
                break;
            case FeatureKind.ClockId:
                _features = _features with { ClockResolution = cursor.ReadUInt64() };
                break;
            case FeatureKind.ClockData:
                cursor.Skip(sizeof(uint));
                _features = _features with { Clock = new ClockReading(cursor.ReadInt32(), cursor.ReadUInt64(), cursor.ReadUInt64()) };
                break;
            case FeatureKind.Compressed:
                _features = _features with { IsCompressed = true };
                break;
            default:
                break;
        }
    }

    private void ReadBuildIds(ref ByteCursor cursor)
    {
        while (cursor.Remaining > 0)
        {
            long start = cursor.Offset;
            cursor.Skip(sizeof(uint));
            ushort misc = cursor.ReadUInt16();
            int size = cursor.ReadUInt16() - 8;
            if (size < 0)
                throw new MalformedDataException(source, start, "build id", "is shorter than its own header");
            ReadBuildId(misc, cursor.ReadBytes(size));
        }
    }

    private void ReadEventDescriptions(ref ByteCursor cursor)
    {
        uint count = cursor.ReadUInt32();
        uint size = cursor.ReadUInt32();
        if (size is < PerfEventAttribute.SmallestSize or > PerfLimits.AttributeSize)
            throw new MalformedDataException(source, cursor.Offset, "event description", $"an attribute cannot have {size} bytes");
        for (int index = 0; index < count; index++)
        {
            PerfEventAttribute attribute = PerfEventAttribute.Read(cursor.ReadBytes((int)size));
            uint idCount = cursor.ReadUInt32();
            string name = ReadText(ref cursor);
            if (idCount > cursor.Remaining / sizeof(ulong))
                throw new MalformedDataException(source, cursor.Offset, "event description", $"cannot hold {idCount} ids");
            ReadOnlySpan<byte> ids = cursor.ReadBytes((int)idCount * sizeof(ulong));
            ulong? id = ids.IsEmpty ? null : BinaryPrimitives.ReadUInt64LittleEndian(ids);
            catalog.SetName(index, attribute, id, name);
        }
    }
}
