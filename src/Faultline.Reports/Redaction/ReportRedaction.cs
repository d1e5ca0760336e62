using System.Security.Cryptography;
using System.Text;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Redaction;

/// <summary>Takes out of a report what must not leave the house, before any format is written: docs/formats.md says what goes and what stays.</summary>
public static class ReportRedaction
{
    /// <summary>The same report with paths, strings, hosts and addresses replaced by hashes.</summary>
    /// <param name="subject">What was found.</param>
    /// <param name="key">The same key gives the same hashes; null for one that nobody knows and that ends with this run.</param>
    public static ReportSubject Apply(ReportSubject subject, string? key)
    {
        Redactor redactor = new(KeyOf(key));
        return subject switch
        {
            { Crashes: { } crashes } => ReportSubject.Of(Redact(crashes, redactor)),
            { Races: { } races } => ReportSubject.Of(Redact(races, redactor)),
            _ => subject,
        };
    }

    /// <summary>The same for a graph alone.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">What it was read from.</param>
    /// <param name="key">As above.</param>
    public static (WaitGraph Graph, string Source) Apply(WaitGraph graph, string source, string? key)
    {
        Redactor redactor = new(KeyOf(key));
        foreach (WaitNode node in graph.Nodes)
            redactor.Keep(node.Function);
        return (new GraphRedaction(redactor, new LogLineRedaction(redactor, new HashSet<string>(StringComparer.Ordinal))).Of(graph), redactor.File(source));
    }

    private static byte[] KeyOf(string? key) => key is null ? RandomNumberGenerator.GetBytes(32) : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static DiagnosisReport Redact(DiagnosisReport report, Redactor redactor)
    {
        foreach (string source in report.Diagnostics.Select(remark => remark.Source).Distinct(StringComparer.Ordinal))
            redactor.Learn(source, redactor.File(source));
        return new DiagnosisReport
        {
            Incidents = [.. report.Incidents.Select(incident => new IncidentRedaction(redactor, incident).Of())],
            Diagnostics = [.. report.Diagnostics.Select(remark => IncidentRedaction.Of(remark, redactor))],
        };
    }

    private static RaceDiagnosis Redact(RaceDiagnosis races, Redactor redactor)
    {
        foreach (RaceFinding race in races.Findings)
            RaceRedaction.Learn(race, redactor);
        return races with
        {
            Findings = [.. races.Findings.Select(race => RaceRedaction.Of(race, redactor))],
            Refused = [],
            Diagnostics = [.. races.Diagnostics.Select(remark => IncidentRedaction.Of(remark, redactor))],
        };
    }
}
