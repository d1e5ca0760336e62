namespace Faultline.Capture.Probes;

/// <summary>How much of what happens to the maps in question a plan sees.</summary>
/// <param name="WritesAreComplete">Every way to write such a map is probed, so that what was not seen did not happen.</param>
/// <param name="MapType">The one map type that is watched, as Go spells it; empty when all are.</param>
/// <param name="Gaps">What is not seen, a sentence each.</param>
public sealed record ProbeCoverage(bool WritesAreComplete, string MapType, IReadOnlyList<string> Gaps);
