using Faultline.Diagnosis;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Races;
using Faultline.Reports.Findings;
using Faultline.Reports.Json;
using Faultline.Reports.Text;

namespace Faultline.Reports.Html;

/// <summary>
/// The report as one page that needs nothing else: styles, scripts and data are in it, and its policy lets it load and send nothing. The data is
/// the JSON report and what JSON lacks (<see cref="PageFacts"/>); the scripts show it, and put text from the inputs nowhere but into text nodes.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes a page that is served, and can ask its server for more. The stream stays open.</summary>
    public static void WriteServed(ReportSubject subject, ServedParts served, Stream stream)
    {
        if (subject.Crashes is { } crashes)
            Write(crashes, stream, served);
        else if (subject.Races is { } races)
            Write(races, stream, served);
    }

    /// <summary>Writes crashes as one page, UTF-8. The stream stays open.</summary>
    public static void Write(DiagnosisReport report, Stream stream) => Write(report, stream, served: null);

    /// <summary>Writes races as one page, UTF-8. The stream stays open.</summary>
    public static void Write(RaceDiagnosis diagnosis, Stream stream) => Write(diagnosis, stream, served: null);

    private static void Write(DiagnosisReport report, Stream stream, ServedParts? served)
    {
        string title = report.Incidents is [{ } first, ..] ? TitleOf(first) : "nothing found";
        PageTemplate.Write(
            stream,
            title,
            report.Incidents.Select(incident => $"{TitleOf(incident)}. {incident.Summary}"),
            data => JsonReport.WriteEmbedded(report, data),
            data => PageFacts.Write(report, data),
            served);
    }

    private static void Write(RaceDiagnosis diagnosis, Stream stream, ServedParts? served)
    {
        string races = diagnosis.GroupCount == 1 ? "1 data race" : $"{diagnosis.GroupCount} data races";
        PageTemplate.Write(
            stream,
            races,
            diagnosis.Findings.OrderByDescending(finding => finding.Place.Count).Select(RaceText.Title),
            data => RaceJson.WriteEmbedded(diagnosis, data),
            data => PageFacts.Write(diagnosis, data),
            served);
    }

    /// <summary>The fault as the runtime words it: <c>fatal error: concurrent map writes</c>.</summary>
    internal static string TitleOf(Incident incident) => incident.Fault switch
    {
        { Kind: FaultKind.Deadlock, Message: "" } => "stuck: goroutines that nothing can wake, and no fatal error",
        { Recoverable: true } fault => $"panic: {fault.Message}",
        { } fault => $"fatal error: {fault.Message}",
    };
}
