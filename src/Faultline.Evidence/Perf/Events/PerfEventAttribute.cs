using System.Buffers.Binary;

namespace Faultline.Evidence.Perf.Events;

/// <summary>What was asked of the kernel for one event: the part of <c>struct perf_event_attr</c> that a reader needs. Fields that an older recorder did not write are 0.</summary>
public sealed record PerfEventAttribute
{
    /// <summary>Size of the first published structure: nothing shorter is one.</summary>
    internal const int SmallestSize = 64;

    private const ulong FrequencyFlag = 1UL << 10;
    private const ulong SampleIdAllFlag = 1UL << 18;
    private const ulong ClockIdFlag = 1UL << 25;
    private const ulong BackwardFlag = 1UL << 27;

    public required PerfEventType Type { get; init; }

    /// <summary>Which event of its type: for a tracepoint the ID of its format.</summary>
    public required ulong Config { get; init; }

    /// <summary>Events between samples, or samples a second when <see cref="IsFrequency"/>.</summary>
    public ulong SamplePeriod { get; init; }

    public required SampleFields SampleFields { get; init; }

    /// <summary><c>enum perf_event_read_format</c>.</summary>
    public ulong ReadFormat { get; init; }

    public bool IsFrequency { get; init; }

    /// <summary>Records other than samples end with thread, time, id and processor.</summary>
    public bool HasSampleIdTrailer { get; init; }

    /// <summary>Written from the end of the ring buffer to its start (<c>perf record --overwrite</c>): the newest record comes first.</summary>
    public bool IsBackward { get; init; }

    /// <summary>POSIX clock of the times (<c>perf record -k</c>); null for the kernel's own scheduler clock.</summary>
    public int? ClockId { get; init; }

    /// <summary>For <see cref="PerfEventType.Breakpoint"/>, what it stops at: 1 reads, 2 writes, 3 both (<c>HW_BREAKPOINT_*</c>).</summary>
    public uint BreakpointAccess { get; init; }

    /// <summary><c>enum perf_branch_sample_type</c>.</summary>
    public ulong BranchFields { get; init; }

    /// <summary>Which user registers a sample holds; bit numbers of asm/perf_regs.h.</summary>
    public ulong UserRegisterMask { get; init; }

    /// <summary>Bytes of user stack asked for.</summary>
    public uint UserStackSize { get; init; }

    /// <summary>Which registers at the interrupt a sample holds.</summary>
    public ulong InterruptRegisterMask { get; init; }

    /// <param name="bytes">At least <see cref="SmallestSize"/>; what is longer than known is ignored.</param>
    internal static PerfEventAttribute Read(ReadOnlySpan<byte> bytes)
    {
        ulong flags = UInt64At(bytes, 40);
        return new PerfEventAttribute
        {
            Type = (PerfEventType)UInt32At(bytes, 0),
            Config = UInt64At(bytes, 8),
            SamplePeriod = UInt64At(bytes, 16),
            SampleFields = (SampleFields)UInt64At(bytes, 24),
            ReadFormat = UInt64At(bytes, 32),
            IsFrequency = (flags & FrequencyFlag) != 0,
            HasSampleIdTrailer = (flags & SampleIdAllFlag) != 0,
            IsBackward = (flags & BackwardFlag) != 0,
            BreakpointAccess = UInt32At(bytes, 52),
            BranchFields = UInt64At(bytes, 72),
            UserRegisterMask = UInt64At(bytes, 80),
            UserStackSize = UInt32At(bytes, 88),
            ClockId = (flags & ClockIdFlag) != 0 ? (int)UInt32At(bytes, 92) : null,
            InterruptRegisterMask = UInt64At(bytes, 96),
        };
    }

    private static ulong UInt64At(ReadOnlySpan<byte> bytes, int offset) => bytes.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]) : 0;

    private static uint UInt32At(ReadOnlySpan<byte> bytes, int offset) => bytes.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]) : 0;
}
