namespace Faultline.Binaries.Code.Listing;

/// <summary>Whether a goroutine can be stopped at an instruction (<c>PCDATA_UnsafePoint</c>, internal/abi/symtab.go).</summary>
public enum Safepoint
{
    /// <summary>The tables do not say.</summary>
    Unknown,

    /// <summary>It can be stopped there, if the function as a whole can.</summary>
    Safe,

    /// <summary>It cannot.</summary>
    Unsafe,

    /// <summary>It can, and starts again at the beginning of a sequence.</summary>
    Restart,
}
