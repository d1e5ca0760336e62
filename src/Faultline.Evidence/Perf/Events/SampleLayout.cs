using System.Buffers.Binary;
using System.Numerics;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Evidence.Perf.Events;

/// <summary>
/// Where id, time and thread of a record lie, without parsing the rest: in samples counted from the start, in other records from the end
/// (the trailer that <c>sample_id_all</c> adds).
/// </summary>
internal sealed class SampleLayout
{
    private const SampleFields TrailerFields = SampleFields.Thread | SampleFields.Time | SampleFields.Id | SampleFields.StreamId | SampleFields.Cpu | SampleFields.Identifier;
    private const SampleFields BeforeTime = SampleFields.Identifier | SampleFields.InstructionPointer | SampleFields.Thread;
    private const SampleFields BeforeId = SampleFields.InstructionPointer | SampleFields.Thread | SampleFields.Time | SampleFields.Address;

    private const SampleFields BeforeCpu = SampleFields.Identifier | BeforeId | SampleFields.Id | SampleFields.StreamId;

    private readonly SampleFields _fields;
    private readonly int _sampleIdOffset;
    private readonly int _sampleTimeOffset;
    private readonly int _sampleCpuOffset;

    public SampleLayout(PerfEventAttribute attribute)
    {
        _fields = attribute.SampleFields;
        _sampleIdOffset = _fields.HasFlag(SampleFields.Identifier) ? 0 : _fields.HasFlag(SampleFields.Id) ? SizeOf(BeforeId) : -1;
        _sampleTimeOffset = _fields.HasFlag(SampleFields.Time) ? SizeOf(BeforeTime) : -1;
        _sampleCpuOffset = _fields.HasFlag(SampleFields.Cpu) ? SizeOf(BeforeCpu) : -1;
        TrailerSize = attribute.HasSampleIdTrailer ? SizeOf(TrailerFields) : 0;
    }

    /// <summary>Bytes at the end of records other than samples; 0 when they have no trailer.</summary>
    public int TrailerSize { get; }

    /// <summary>The id of a sample; null when samples have none, or this one is too short.</summary>
    public ulong? SampleId(ReadOnlySpan<byte> payload) => At(payload, _sampleIdOffset);

    /// <summary>The time of a sample; null when samples have none, or this one is too short.</summary>
    public ulong? SampleTime(ReadOnlySpan<byte> payload) => At(payload, _sampleTimeOffset);

    /// <summary>The processor of a sample; -1 when samples have none, or this one is too short.</summary>
    public int SampleCpu(ReadOnlySpan<byte> payload) => At(payload, _sampleCpuOffset) is { } cpu ? (int)(uint)cpu : -1;

    /// <summary>Thread, time, id and processor at the end of a record that is no sample; all absent when it has no trailer.</summary>
    public RecordOrigin ReadTrailer(ReadOnlySpan<byte> payload)
    {
        RecordOrigin origin = RecordOrigin.None;
        if (TrailerSize == 0 || payload.Length < TrailerSize)
            return origin;
        ReadOnlySpan<byte> rest = payload[^TrailerSize..];
        if (_fields.HasFlag(SampleFields.Thread))
        {
            ulong thread = Next(ref rest);
            origin = origin with { ProcessId = (int)(uint)thread, ThreadId = (int)(thread >> 32) };
        }

        if (_fields.HasFlag(SampleFields.Time))
            origin = origin with { Time = Next(ref rest) };
        if (_fields.HasFlag(SampleFields.Id))
            origin = origin with { Id = Next(ref rest) };
        if (_fields.HasFlag(SampleFields.StreamId))
            Next(ref rest);
        if (_fields.HasFlag(SampleFields.Cpu))
            origin = origin with { Cpu = (int)(uint)Next(ref rest) };
        return _fields.HasFlag(SampleFields.Identifier) ? origin with { Id = Next(ref rest) } : origin;
    }

    private static ulong? At(ReadOnlySpan<byte> payload, int offset) =>
        offset >= 0 && payload.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(payload[offset..]) : null;

    private static ulong Next(ref ReadOnlySpan<byte> rest)
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    private int SizeOf(SampleFields among) => 8 * BitOperations.PopCount((ulong)(_fields & among));
}
