namespace Faultline.Capture.Bundles;

// manifest.json, property by property; docs/recording.md describes it. A change here is a change of a public format.

/// <summary>What a bundle holds and how it was recorded. Addresses are hexadecimal text, because JSON readers lose digits of large numbers.</summary>
public sealed record BundleManifest(
    string Schema,
    string Version,
    string Mode,
    IReadOnlyList<string> Command,
    int ProcessId,
    int? ExitCode,
    DateTimeOffset Start,
    DateTimeOffset End,
    BundleClock Clock,
    long RingSize,
    BundleProgram Program,
    BundleCoverage Coverage,
    IReadOnlyList<BundleProbe> Probes,
    IReadOnlyList<BundleFormat> Formats,
    IReadOnlyList<string> Problems,
    BundleCatch? Catch = null)
{
    /// <summary>The format's name and major version.</summary>
    public const string CurrentSchema = "faultline-bundle/1";
}

/// <summary>The clock of the recording's times.</summary>
/// <param name="Id">As <c>clock_gettime</c> names it.</param>
/// <param name="StartNanoseconds">Its reading at the recording's start.</param>
public sealed record BundleClock(string Id, ulong StartNanoseconds);

/// <summary>The program that was recorded.</summary>
/// <param name="Path">Where it lay.</param>
/// <param name="GoVersion">As recorded by the linker; null when it was not.</param>
/// <param name="Architecture">Go's spelling.</param>
/// <param name="GoBuildId">Null when absent.</param>
/// <param name="GnuBuildId">Null when absent.</param>
/// <param name="LoadBias">What to add to link-time addresses; null when it was not seen.</param>
/// <param name="File">The bundle's file that is it, or stands for it; null when neither could be written.</param>
public sealed record BundleProgram(string Path, string? GoVersion, string Architecture, string? GoBuildId, string? GnuBuildId, string? LoadBias, string? File);

/// <summary>What the probes saw of the maps in question.</summary>
/// <param name="WritesComplete">Every way to write such a map was probed.</param>
/// <param name="MapType">The one type that was watched; null when all were.</param>
/// <param name="Gaps">What was not seen, a sentence each.</param>
public sealed record BundleCoverage(bool WritesComplete, string? MapType, IReadOnlyList<string> Gaps);

/// <summary>One probe.</summary>
/// <param name="Event">Group and name, as in the recording.</param>
/// <param name="Address">Link-time address of the probed instruction.</param>
/// <param name="Function">The function probed or, for a call site, called.</param>
/// <param name="Place">For a call site, its line; null for functions.</param>
/// <param name="CallSite">It sits on a call in the program's own code.</param>
/// <param name="Slices">The slices whose headers it fetches, as <c>s0p</c>, <c>s0l</c>, <c>s0c</c>, <c>s1p</c> and so on; null when none.</param>
public sealed record BundleProbe(string Event, string Address, string Function, string? Place, bool CallSite, IReadOnlyList<BundleSlice>? Slices = null);

/// <summary>A slice that a probe fetches.</summary>
/// <param name="Name">As the program names it.</param>
/// <param name="ElementSize">Bytes of an element.</param>
public sealed record BundleSlice(string Name, long ElementSize);

/// <summary>How the kernel lays out an event: what a recording lacks whose recorder was killed.</summary>
/// <param name="Event">Group and name.</param>
/// <param name="Text">The kernel's <c>format</c> file.</param>
public sealed record BundleFormat(string Event, string Text);

/// <summary>What the machine was.</summary>
public sealed record MachineFacts(string Kernel, string Architecture, int ProcessorCount, string? PerfVersion, string? PerfEventParanoid, bool IsContainer);

/// <summary>How a program was caught at its fault.</summary>
/// <param name="Function">Where it stood.</param>
/// <param name="ThreadId">The thread that raised the fault.</param>
/// <param name="ThreadCount">Threads whose registers are kept.</param>
/// <param name="MissedCount">Threads that did not stop.</param>
/// <param name="AlsoRaised">Other threads that were raising a fault by then.</param>
/// <param name="LatencyMicroseconds">From when the breakpoint was heard of until the last thread stood.</param>
/// <param name="IsWhole">The core has all memory; else only what a diagnosis looks at.</param>
public sealed record BundleCatch(
    string Function, int ThreadId, int ThreadCount, int MissedCount, IReadOnlyList<int> AlsoRaised, double LatencyMicroseconds, bool IsWhole);
