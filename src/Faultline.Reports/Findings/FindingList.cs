using Faultline.Binaries.Reading;

namespace Faultline.Reports.Findings;

/// <summary>All faults of a report, in its order.</summary>
/// <param name="Findings">The faults.</param>
/// <param name="Diagnostics">Remarks about inputs that belong to none of them.</param>
public sealed record FindingList(IReadOnlyList<Finding> Findings, IReadOnlyList<Diagnostic> Diagnostics)
{
    public static FindingList Of(ReportSubject subject) => subject switch
    {
        { Crashes: { } crashes } => new([.. crashes.Incidents.Select(CrashFinding.Of)], crashes.Diagnostics),
        { Races: { } races } => new([.. races.Findings.OrderByDescending(race => race.Place.Count).Select(RacePair.Of)], races.Diagnostics),
        _ => new([], []),
    };
}
