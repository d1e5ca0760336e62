using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Evidence.Perf.Reading;

/// <summary><c>struct perf_event_header</c>.</summary>
/// <param name="RecordSize">With the header.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordHeader(PerfRecordType Type, ushort Misc, ushort RecordSize)
{
    public const int Size = 8;

    private const uint FirstToolType = 64;
    private const uint LargestKernelType = 40;
    private const uint LargestType = 127;

    /// <summary>It can be one: types and sizes that neither the kernel nor perf writes mean that the reader stands in the middle of something else.</summary>
    public bool IsPlausible =>
        RecordSize >= Size && (uint)Type is > 0 and <= LargestType && ((uint)Type is > LargestKernelType and < FirstToolType) == false
        && ((uint)Type >= FirstToolType || RecordSize % 8 == 0);

    /// <param name="bytes">At least <see cref="Size"/>.</param>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes) => new(
        (PerfRecordType)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
}
