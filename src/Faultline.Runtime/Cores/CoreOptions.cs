using Faultline.Binaries.Elf;

namespace Faultline.Runtime.Cores;

/// <summary>How a core and its program are brought together.</summary>
public sealed record CoreOptions
{
    /// <summary>The program; null searches for it by what the core says.</summary>
    public string? BinaryPath { get; init; }

    /// <summary>Folders to search for the program, such as the root of an unpacked container image.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    /// <summary>Whether a program that was found may be opened; null allows all.</summary>
    public Func<string, bool>? IsAllowed { get; init; }

    /// <summary>Where to look for DWARF that the program lacks; null looks nowhere.</summary>
    public DebugFileSearch? DebugFiles { get; init; }

    /// <summary>Go on with a program that is not the one of the core.</summary>
    public bool Force { get; init; }
}
