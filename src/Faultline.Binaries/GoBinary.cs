using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries;

/// <summary>
/// A Go executable: code, lines and types. Opening maps the file and reads headers only; tables are built on first use, once, thread-safe.
/// All addresses are link-time addresses; a traceback of a PIE is shifted by its load bias.
/// </summary>
public sealed class GoBinary : IDisposable
{
    private GoBinary()
    {
    }

    /// <summary>Opens a binary.</summary>
    /// <exception cref="MalformedDataException">The file is no ELF64 executable that can be read.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static GoBinary Open(string path) => throw new NotSupportedException("TODO-STUB");

    public string Path => throw new NotSupportedException("TODO-STUB");

    /// <summary><c>amd64</c>, <c>arm64</c> …, Go's spelling.</summary>
    public string Architecture => throw new NotSupportedException("TODO-STUB");

    public bool IsPositionIndependent => throw new NotSupportedException("TODO-STUB");

    /// <summary>True when there is no symbol table.</summary>
    public bool IsStripped => throw new NotSupportedException("TODO-STUB");

    public bool HasDwarf => throw new NotSupportedException("TODO-STUB");

    /// <summary>Go's own build id (<c>.note.go.buildid</c>); null when absent.</summary>
    public string? GoBuildId => throw new NotSupportedException("TODO-STUB");

    /// <summary>GNU build id in lower-case hex; null when absent.</summary>
    public string? GnuBuildId => throw new NotSupportedException("TODO-STUB");

    /// <summary>Module, Go version and build settings; null when the binary has none.</summary>
    public BuildInfo? BuildInfo => throw new NotSupportedException("TODO-STUB");

    /// <summary>What was wrong with the file so far; grows as tables are opened.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => throw new NotSupportedException("TODO-STUB");

    /// <summary>Physical functions in address order; empty when there is no readable pclntab.</summary>
    public IReadOnlyList<FuncInfo> Functions => throw new NotSupportedException("TODO-STUB");

    /// <summary>The function that holds an address.</summary>
    public bool TryFindFunction(ulong address, out FuncInfo function) => throw new NotSupportedException("TODO-STUB");

    /// <summary>
    /// Functions by name. Names are compared as a traceback prints them: <c>[...]</c> matches any type arguments,
    /// so one printed name can stand for several functions.
    /// </summary>
    public IReadOnlyList<FuncInfo> FindFunctions(string name) => throw new NotSupportedException("TODO-STUB");

    /// <summary>Logical frames at exactly this address, innermost first; empty when no function holds it. For a return address pass address - 1.</summary>
    public IReadOnlyList<SourceFrame> ResolveFrames(ulong address) => throw new NotSupportedException("TODO-STUB");

    /// <summary>Reads target memory as the file has it (relocations of a PIE applied); returns how many bytes could be read.</summary>
    public int Read(ulong address, Span<byte> buffer) => throw new NotSupportedException("TODO-STUB");

    /// <summary>Name of the data symbol that holds an address, such as <c>main.sessions</c>; null when stripped or between symbols.</summary>
    public string? FindDataSymbol(ulong address) => throw new NotSupportedException("TODO-STUB");

    /// <summary>The type descriptor at an address; null when there is none.</summary>
    public GoType? FindType(ulong address) => throw new NotSupportedException("TODO-STUB");

    public void Dispose() => throw new NotSupportedException("TODO-STUB");
}
