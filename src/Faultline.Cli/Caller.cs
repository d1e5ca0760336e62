using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Cli;

/// <summary>Who asks a command: where its answer and its remarks go, and which files it may open beside those that it was given.</summary>
internal sealed record Caller
{
    /// <summary>The user of the command line.</summary>
    public static Caller Shell { get; } = new() { OpenOutput = StandardStreams.OpenOutput, Tell = StandardStreams.Tell };

    /// <summary>True for the user, who may name processes and standard input too.</summary>
    public bool IsShell => ReferenceEquals(this, Shell);

    /// <summary>Opens the stream of the answer, which the command disposes.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Takes one remark.</summary>
    public required Action<string> Tell { get; init; }

    /// <summary>Whether a file may be opened that an input names; null allows all.</summary>
    public Func<string, bool>? MayOpen { get; init; }

    /// <summary>Ends the work, where that reads logs or writes its answer.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Where debug files are searched for.</summary>
    public DebugFileSearch DebugFiles => DebugFileSearch.Default with { IsAllowed = MayOpen };

    /// <summary>Tells remarks on inputs.</summary>
    public void TellAll(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
            Tell($"faultline: {diagnostic.Id}: {diagnostic.Message}.");
    }
}
