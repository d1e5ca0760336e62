using Faultline.Evidence.Perf.Events;

namespace Faultline.Evidence.Perf.Records;

/// <summary>
/// One record, not taken apart yet. A view into the recording: valid until the reader moves on. Each <c>TryRead</c> gives false for records
/// of another kind, and for those that are too short, which are counted by the reader.
/// </summary>
public readonly ref struct PerfRecord
{
    private const ushort ExecFlag = 1 << 13;
    private const ushort DataFlag = 1 << 13;
    private const ushort SwitchOutFlag = 1 << 13;
    private const ushort PreemptedFlag = 1 << 14;
    private const ushort BuildIdFlag = 1 << 14;
    private const int BuildIdSize = 20;

    private readonly PerfRecordReader _reader;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly ushort _misc;

    internal PerfRecord(PerfRecordReader reader, PerfRecordType type, ushort misc, ReadOnlySpan<byte> payload, PerfEvent? source, ulong time, long offset)
    {
        _reader = reader;
        _misc = misc;
        _payload = payload;
        Type = type;
        Event = source;
        Time = time;
        Offset = offset;
    }

    public PerfRecordType Type { get; }

    /// <summary>The event that the record belongs to; null when records other than samples do not say, and for samples with an unknown id.</summary>
    public PerfEvent? Event { get; }

    /// <summary>Nanoseconds on the recorder's clock; 0 when not recorded.</summary>
    public ulong Time { get; }

    /// <summary>Where it lies in the file; for records from compressed ones the place of those.</summary>
    public long Offset { get; }

    /// <summary>Thread, time and processor of a record that is no sample.</summary>
    public RecordOrigin Origin => Type == PerfRecordType.Sample || Event is null ? RecordOrigin.None : Event.Layout.ReadTrailer(_payload);

    public bool TryReadSample(out PerfSample sample)
    {
        sample = default;
        return Type == PerfRecordType.Sample && Event is not null && Check(SampleParser.TryParse(Event.Attribute, _payload, out sample));
    }

    public bool TryReadMapping(out MappingRecord mapping)
    {
        mapping = default;
        if (Type is not (PerfRecordType.Mmap or PerfRecordType.Mmap2))
            return false;
        PayloadCursor cursor = new(Body);
        uint process = cursor.ReadUInt32();
        uint thread = cursor.ReadUInt32();
        ulong start = cursor.ReadUInt64();
        ulong size = cursor.ReadUInt64();
        ulong fileOffset = cursor.ReadUInt64();
        ReadOnlySpan<byte> identity = Type == PerfRecordType.Mmap2 ? cursor.ReadBytes(24) : default;
        if (Type == PerfRecordType.Mmap2)
            cursor.ReadUInt64();
        bool hasBuildId = !identity.IsEmpty && (_misc & BuildIdFlag) != 0;
        mapping = new MappingRecord
        {
            ProcessId = (int)process,
            ThreadId = (int)thread,
            StartAddress = start,
            Size = size,
            FileOffset = fileOffset,
            Path = Text(cursor.Rest),
            BuildId = hasBuildId ? identity.Slice(4, Math.Min((int)identity[0], BuildIdSize)) : default,
            Inode = identity.IsEmpty || hasBuildId ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(identity[8..]),
            IsData = (_misc & DataFlag) != 0,
        };
        return Check(!cursor.IsOverrun);
    }

    public bool TryReadThreadName(out ThreadNameRecord name)
    {
        name = default;
        if (Type != PerfRecordType.Comm)
            return false;
        PayloadCursor cursor = new(Body);
        name = new ThreadNameRecord
        {
            ProcessId = (int)cursor.ReadUInt32(),
            ThreadId = (int)cursor.ReadUInt32(),
            Name = Text(cursor.Rest),
            IsExec = (_misc & ExecFlag) != 0,
        };
        return Check(!cursor.IsOverrun);
    }

    /// <summary>For FORK and EXIT; <see cref="Type"/> tells which.</summary>
    public bool TryReadThreadLife(out ThreadLifeRecord life)
    {
        life = default;
        if (Type is not (PerfRecordType.Fork or PerfRecordType.Exit))
            return false;
        PayloadCursor cursor = new(Body);
        int process = (int)cursor.ReadUInt32();
        int parent = (int)cursor.ReadUInt32();
        int thread = (int)cursor.ReadUInt32();
        life = new ThreadLifeRecord(process, thread, parent, (int)cursor.ReadUInt32(), cursor.ReadUInt64());
        return Check(!cursor.IsOverrun);
    }

    public bool TryReadSwitch(out SwitchRecord change)
    {
        change = default;
        if (Type is not (PerfRecordType.Switch or PerfRecordType.SwitchCpuWide))
            return false;
        PayloadCursor cursor = new(Body);
        bool isWide = Type == PerfRecordType.SwitchCpuWide;
        int process = isWide ? (int)cursor.ReadUInt32() : -1;
        int thread = isWide ? (int)cursor.ReadUInt32() : -1;
        change = new SwitchRecord((_misc & SwitchOutFlag) != 0, (_misc & PreemptedFlag) != 0, process, thread);
        return Check(!cursor.IsOverrun);
    }

    public bool TryReadNamespaces(out NamespacesRecord namespaces)
    {
        namespaces = default;
        if (Type != PerfRecordType.Namespaces)
            return false;
        PayloadCursor cursor = new(Body);
        int process = (int)cursor.ReadUInt32();
        int thread = (int)cursor.ReadUInt32();
        ulong count = cursor.ReadUInt64();
        namespaces = new NamespacesRecord(process, thread, cursor.ReadNumbers(count > ushort.MaxValue ? ulong.MaxValue : count * 2));
        return Check(!cursor.IsOverrun);
    }

    /// <summary>How many records or samples were lost: for LOST and LOST_SAMPLES.</summary>
    public bool TryReadLoss(out ulong count)
    {
        count = 0;
        if (Type is not (PerfRecordType.Lost or PerfRecordType.LostSamples))
            return false;
        PayloadCursor cursor = new(Body);
        if (Type == PerfRecordType.Lost)
            cursor.ReadUInt64();
        count = cursor.ReadUInt64();
        return Check(!cursor.IsOverrun);
    }

    /// <summary>The payload without the trailer.</summary>
    private ReadOnlySpan<byte> Body
    {
        get
        {
            int trailer = Event?.Layout.TrailerSize ?? 0;
            return trailer <= _payload.Length ? _payload[..^trailer] : default;
        }
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    private bool Check(bool isWhole)
    {
        if (!isWhole)
            _reader.RemarkShort(Offset);
        return isWhole;
    }
}
