namespace Faultline.Evidence.Perf.Records;

/// <summary>Numbers in a call chain that are no addresses but say where the frames after them ran (<c>enum perf_callchain_context</c>).</summary>
public static class CallChainContext
{
    public const ulong Kernel = unchecked((ulong)-128L);

    public const ulong User = unchecked((ulong)-512L);

    private const ulong Smallest = unchecked((ulong)-4095L);

    /// <summary>True for every mark, those of virtual machines among them.</summary>
    public static bool IsMark(ulong entry) => entry >= Smallest;
}
