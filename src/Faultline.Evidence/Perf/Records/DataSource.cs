namespace Faultline.Evidence.Perf.Records;

/// <summary>Where the data of a sampled access came from, as the processor said it: <c>union perf_mem_data_src</c> of linux/perf_event.h.</summary>
/// <param name="bits">As recorded.</param>
public readonly struct DataSource(ulong bits)
{
    private const ulong LoadBit = 1 << 1;
    private const ulong StoreBit = 1 << 2;
    private const ulong ModifiedBit = 1 << (19 + 4);
    private const ulong SnoopKnownBits = 0x1e << 19;

    public bool IsLoad => (bits & LoadBit) != 0;

    public bool IsStore => (bits & StoreBit) != 0;

    /// <summary>The line was modified in another processor's cache (HITM): it had to come from there.</summary>
    public bool IsModifiedElsewhere => (bits & ModifiedBit) != 0;

    /// <summary>False where the processor does not tell whether other caches had the line.</summary>
    public bool HasSnoop => (bits & SnoopKnownBits) != 0;
}
