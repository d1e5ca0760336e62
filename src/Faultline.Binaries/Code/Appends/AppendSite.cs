using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Appends;

/// <summary>A call of <c>runtime.growslice</c> whose new array goes to a place that others may reach.</summary>
public sealed record AppendSite
{
    public required AppendPlace Place { get; init; }

    /// <summary>Entry of the physical function that holds the call.</summary>
    public required ulong FunctionEntry { get; init; }

    /// <summary>Link-time address of the call instruction.</summary>
    public required ulong CallAddress { get; init; }

    /// <summary>Address after it, where the first result register holds the new array.</summary>
    public required ulong ReturnAddress { get; init; }

    /// <summary>Link-time addresses of the instructions that store the new pointer; several where the write barrier has a path of its own.</summary>
    public required IReadOnlyList<ulong> StoreAddresses { get; init; }

    /// <summary>The function of the runtime that is called.</summary>
    public required string Callee { get; init; }

    /// <summary>Logical frames at the call, innermost first.</summary>
    public required IReadOnlyList<SourceFrame> Frames { get; init; }
}

/// <summary>An append, and the accesses to the same place that can run on another goroutine.</summary>
/// <param name="Append">The append.</param>
/// <param name="Accesses">In the order of their addresses, without the append's own.</param>
/// <param name="AppendStarts">The goroutines that can reach the append: their go statements. Empty with <paramref name="OnMain"/> for the main goroutine only.</param>
/// <param name="OnMain">The main goroutine or an init function can reach the append.</param>
public sealed record AppendWindow(AppendSite Append, IReadOnlyList<WindowAccess> Accesses, IReadOnlyList<GoStatement> AppendStarts, bool OnMain);

/// <summary>The other side of an append.</summary>
/// <param name="Access">The instruction.</param>
/// <param name="Starts">The go statements whose goroutine can reach it.</param>
/// <param name="OnMain">The main goroutine or an init function can.</param>
/// <param name="BothLock">The functions of both sides call a lock of package sync; whether it is the same, and held, is not followed.</param>
public sealed record WindowAccess(ArrayAccess Access, IReadOnlyList<GoStatement> Starts, bool OnMain, bool BothLock);

/// <summary>What was found, and what was left out.</summary>
/// <param name="Windows">In the order of the appends' addresses.</param>
/// <param name="AppendCount">Calls that grow a slice in the functions that were looked at, wherever the result goes.</param>
/// <param name="SkippedFunctions">Functions that were not looked at because there are too many.</param>
public sealed record AppendWindows(IReadOnlyList<AppendWindow> Windows, int AppendCount, int SkippedFunctions);
