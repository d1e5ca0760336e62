using Faultline.Capture.Perf;
using Faultline.Capture.Probes;

namespace Faultline.Capture.Recording;

/// <summary>A recording before it is made: the probes to set and what perf is asked for.</summary>
/// <param name="Mode">What is recorded.</param>
/// <param name="Probes">The probes; none in modes that need none.</param>
/// <param name="Perf">What perf is asked for; the process is filled in when there is one.</param>
/// <param name="Notes">What a reader of the plan should know, a sentence each.</param>
public sealed record RecordPlan(RecordMode Mode, ProbePlan Probes, PerfCommand Perf, IReadOnlyList<string> Notes)
{
    /// <summary>In <see cref="RecordMode.Watch"/>, the maps whose write mark is watched.</summary>
    public IReadOnlyList<WatchedMap> Watched { get; init; } = [];
}
