using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>A <c>go</c> statement (or another call that starts a goroutine).</summary>
/// <param name="Creator">The physical function that holds the statement.</param>
/// <param name="ReturnAddress">Address after the call of <c>runtime.newproc</c>: what <c>created by</c> shows.</param>
/// <param name="Entry">Entry address of the function that the goroutine runs first, wrapper functions (<c>gowrap</c>) followed to the function that the programmer named; 0 when not provable.</param>
/// <param name="Frames">Logical frames of the statement, innermost first.</param>
public sealed record GoStatement(FuncInfo Creator, ulong ReturnAddress, ulong Entry, IReadOnlyList<SourceFrame> Frames);

/// <summary>A call instruction, by the address after it.</summary>
/// <param name="ReturnAddress">Address after the call instruction.</param>
/// <param name="Target">Entry of the called function; 0 for an indirect call.</param>
/// <param name="TargetName">Symbol of the called function; empty for an indirect call.</param>
public readonly record struct CallInstruction(ulong ReturnAddress, ulong Target, string TargetName);

/// <summary>
/// What the machine code of a binary shows: map call sites, calls, go statements. Built on first use; amd64 only so far.
/// Immutable and thread-safe.
/// </summary>
public sealed class ProgramCode
{
    public ProgramCode(GoBinary binary) => Binary = binary;

    public GoBinary Binary { get; }

    /// <summary>False when the architecture or a broken table leaves nothing to disassemble.</summary>
    public bool IsAvailable => throw new NotSupportedException("TODO-STUB");

    /// <summary>Every call of a map function outside the runtime's own map code, in address order. Operand provenance is computed per site on first use.</summary>
    public IReadOnlyList<MapCallSite> MapCallSites => throw new NotSupportedException("TODO-STUB");

    /// <summary>The map call that returns to an address.</summary>
    public MapCallSite? FindMapCallSite(ulong returnAddress) => throw new NotSupportedException("TODO-STUB");

    /// <summary>The call instruction that ends at an address, map call or not; null when the bytes before it are no call.</summary>
    public CallInstruction? FindCall(ulong returnAddress) => throw new NotSupportedException("TODO-STUB");

    /// <summary>Every go statement, in address order.</summary>
    public IReadOnlyList<GoStatement> GoStatements => throw new NotSupportedException("TODO-STUB");

    /// <summary>
    /// Entries of the functions that can run on a goroutine which starts (or stands) in <paramref name="functionEntry"/>, itself included:
    /// direct calls, tail calls, closures and method values whose address is taken on the way, deferred functions; go statements are not followed.
    /// </summary>
    public IReadOnlySet<ulong> ReachableFrom(ulong functionEntry) => throw new NotSupportedException("TODO-STUB");

    /// <summary>The go statements whose goroutine can reach a function, and whether main (the main goroutine or init functions) can.</summary>
    public (IReadOnlyList<GoStatement> Statements, bool FromMain) GoroutinesReaching(ulong functionEntry) => throw new NotSupportedException("TODO-STUB");
}
