using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Diagnosis;

/// <summary>All that one run of the diagnosis found: the immutable result that every report shows.</summary>
public sealed record DiagnosisReport
{
    /// <summary>In the order of the inputs; empty when no input held a crash.</summary>
    public required IReadOnlyList<Incident> Incidents { get; init; }

    /// <summary>Remarks about inputs that belong to no incident.</summary>
    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }
}
