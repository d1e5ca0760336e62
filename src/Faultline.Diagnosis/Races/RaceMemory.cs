using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Races;

/// <summary>The memory of the process that may have printed the reports.</summary>
/// <param name="Source">Path of the core, or <c>process N</c>.</param>
/// <param name="State">What was read from it. The caller keeps and disposes what is behind.</param>
/// <param name="ProcessId">Its process id; null when the core does not say.</param>
/// <param name="IsLive">It runs: <paramref name="OpenFiles"/> are known.</param>
/// <param name="OpenFiles">Full paths of the files that it has open; empty for a core.</param>
public sealed record RaceMemory(string Source, RuntimeState State, int? ProcessId, bool IsLive, IReadOnlyList<string> OpenFiles);
