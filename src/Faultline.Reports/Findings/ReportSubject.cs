using Faultline.Diagnosis;
using Faultline.Diagnosis.Races;

namespace Faultline.Reports.Findings;

/// <summary>What a report is about: crashes, or races where there was no crash.</summary>
/// <param name="Crashes">All that a diagnosis found; null when races are what there is to tell.</param>
/// <param name="Races">What the race detector reported; null beside crashes.</param>
public sealed record ReportSubject(DiagnosisReport? Crashes, RaceDiagnosis? Races)
{
    public static ReportSubject Of(DiagnosisReport report) => new(report, null);

    public static ReportSubject Of(RaceDiagnosis races) => new(null, races);
}
