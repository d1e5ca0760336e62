using System.Text;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Records;
using ZstdSharp;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>Writes recordings byte by byte: what no machine at hand records, and what no recorder should.</summary>
internal sealed class RecordingBuilder
{
    public const SampleFields DefaultFields = SampleFields.Identifier | SampleFields.InstructionPointer | SampleFields.Thread | SampleFields.Time | SampleFields.Cpu;

    private const int AttributeSize = 128;
    private const int HeaderSize = 104;

    private readonly List<byte> _data = [];
    private readonly List<byte[]> _attributes = [];

    /// <summary>One event with the ids <c>100 * n, 100 * n + 1</c>.</summary>
    public RecordingBuilder Event(SampleFields fields = DefaultFields, uint type = 1, ulong config = 0, ulong branchFields = 0, ulong registers = 0, ulong readFormat = 0)
    {
        byte[] attribute = new byte[AttributeSize];
        BitConverter.TryWriteBytes(attribute, type);
        BitConverter.TryWriteBytes(attribute.AsSpan(4), AttributeSize);
        BitConverter.TryWriteBytes(attribute.AsSpan(8), config);
        BitConverter.TryWriteBytes(attribute.AsSpan(16), 1UL);
        BitConverter.TryWriteBytes(attribute.AsSpan(24), (ulong)fields);
        BitConverter.TryWriteBytes(attribute.AsSpan(32), readFormat);
        BitConverter.TryWriteBytes(attribute.AsSpan(40), 1UL << 18);
        BitConverter.TryWriteBytes(attribute.AsSpan(72), branchFields);
        BitConverter.TryWriteBytes(attribute.AsSpan(80), registers);
        BitConverter.TryWriteBytes(attribute.AsSpan(96), registers);
        _attributes.Add(attribute);
        return this;
    }

    /// <summary>A record of any kind; the payload is filled up to a multiple of eight.</summary>
    public RecordingBuilder Record(PerfRecordType type, ushort misc, params ReadOnlySpan<object> fields)
    {
        _data.AddRange(RecordBytes(type, misc, fields));
        return this;
    }

    /// <summary>A sample with <see cref="DefaultFields"/>.</summary>
    public RecordingBuilder Sample(ulong id, ulong time, int thread = 7, int cpu = 0, ulong address = 0x401000)
    {
        _data.AddRange(SampleBytes(id, time, thread, cpu, address));
        return this;
    }

    public RecordingBuilder Round() => Record(PerfRecordType.FinishedRound, 0);

    public RecordingBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _data.AddRange(bytes);
        return this;
    }

    /// <summary>Records in the form that perf since Linux 6.16 packs them.</summary>
    public RecordingBuilder Packed(Compressor compressor, params ReadOnlySpan<byte[]> records)
    {
        byte[] plain = [.. records.ToArray().SelectMany(bytes => bytes)];
        byte[] packed = new byte[plain.Length + 1024];
        compressor.WrapStream(plain, packed, out _, out int size, isFinalBlock: false);
        compressor.FlushStream(packed.AsSpan(size), out int rest, isFinalBlock: false);
        size += rest;
        return Record(PerfRecordType.Compressed2, 0, (ulong)size, packed[..size]);
    }

    public static byte[] SampleBytes(ulong id, ulong time, int thread = 7, int cpu = 0, ulong address = 0x401000) =>
        RecordBytes(PerfRecordType.Sample, 2, id, address, thread, thread, time, (ulong)cpu);

    public static byte[] RecordBytes(PerfRecordType type, ushort misc, params ReadOnlySpan<object> fields)
    {
        using MemoryStream record = new();
        using BinaryWriter writer = new(record);
        writer.Write((uint)type);
        writer.Write(misc);
        writer.Write((ushort)0);
        foreach (object field in fields)
        {
            switch (field)
            {
                case ulong number:
                    writer.Write(number);
                    break;
                case int number:
                    writer.Write(number);
                    break;
                case byte[] bytes:
                    writer.Write(bytes);
                    break;
                case string text:
                    writer.Write(Encoding.UTF8.GetBytes(text + "\0"));
                    break;
                default:
                    throw new ArgumentException($"no form for {field.GetType()}", nameof(fields));
            }
        }

        while (record.Length % 8 != 0)
            writer.Write((byte)0);
        record.Position = 6;
        writer.Write((ushort)record.Length);
        return record.ToArray();
    }

    /// <summary>A file with sections for attributes and ids; without features.</summary>
    public byte[] ToFile()
    {
        long ids = HeaderSize + (_attributes.Count * (AttributeSize + 16));
        long data = ids + (_attributes.Count * 16);
        using MemoryStream file = new();
        using BinaryWriter writer = new(file);
        writer.Write("PERFILE2"u8);
        ulong[] header = [HeaderSize, AttributeSize + 16, HeaderSize, (ulong)(ids - HeaderSize), (ulong)data, (ulong)_data.Count, 0, 0, 0, 0, 0, 0];
        foreach (ulong number in header)
            writer.Write(number);
        for (int index = 0; index < _attributes.Count; index++)
        {
            writer.Write(_attributes[index]);
            writer.Write(ids + (16 * index));
            writer.Write(16L);
        }

        for (int index = 0; index < _attributes.Count; index++)
        {
            writer.Write(100UL * (ulong)index);
            writer.Write((100UL * (ulong)index) + 1);
        }

        writer.Write(_data.ToArray());
        return file.ToArray();
    }

    /// <summary>Opens what <see cref="ToFile"/> gives.</summary>
    public PerfRecording Open() => Open(ToFile());

    public static PerfRecording Open(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return PerfRecording.Open(stream, "built");
    }
}
