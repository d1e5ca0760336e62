namespace Faultline.Capture.Probes;

/// <summary>The probes of one recording of one binary.</summary>
/// <param name="Group">Unique to the recording.</param>
/// <param name="Target">The binary.</param>
/// <param name="Points">In the order in which they are set.</param>
/// <param name="Coverage">What they see.</param>
/// <param name="Notes">What a reader of the plan should know, a sentence each.</param>
public sealed record ProbePlan(string Group, ProbeTarget Target, IReadOnlyList<ProbePoint> Points, ProbeCoverage Coverage, IReadOnlyList<string> Notes)
{
    /// <summary>Lines for the kernel's <c>uprobe_events</c>.</summary>
    public IEnumerable<string> Definitions => Points.Select(point => point.Definition(Group, Target.Path));
}
