namespace Faultline.Binaries.Code.Listing;

/// <summary>How instructions are written.</summary>
public enum AssemblySyntax
{
    /// <summary>As Go's assembler and <c>go tool objdump</c> write them; the only one for arm64.</summary>
    Go,

    /// <summary>As Intel's manuals write them.</summary>
    Intel,

    /// <summary>As the GNU assembler writes them.</summary>
    Att,
}
