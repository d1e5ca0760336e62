using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis;

/// <summary>What a diagnosis is made from.</summary>
public sealed record DiagnosisInputs
{
    /// <summary>Parsed logs, in the order given.</summary>
    public required IReadOnlyList<TracebackLog> Logs { get; init; }

    /// <summary>The binary; null without one. The caller keeps and disposes it.</summary>
    public GoBinary? Binary { get; init; }

    /// <summary>Path prefixes to replace (old, new) when sources are looked up and shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SourcePaths { get; init; } = [];
}

/// <summary>Joins the evidence into incidents by the rules in docs/verdicts.md.</summary>
public static class Diagnostician
{
    /// <summary>Explains every crash report of every log, in order.</summary>
    public static DiagnosisReport Diagnose(DiagnosisInputs inputs)
    {
        var sources = new SourceFiles(inputs.SourcePaths);
        var code = inputs.Binary is null ? null : new ProgramCode(inputs.Binary);
        var incidents = new List<Incident>();
        var diagnostics = new List<Diagnostic>();
        foreach (var log in inputs.Logs)
        {
            diagnostics.AddRange(log.Diagnostics);
            foreach (var report in log.Reports)
                incidents.Add(Explain(report, log.Source, inputs.Binary, code, sources) with { Log = new LogOrigin(log.Source, log.Carrier, log.Stream) });
        }

        if (inputs.Binary is { } binary)
            diagnostics.AddRange(binary.Diagnostics);
        return new DiagnosisReport { Incidents = incidents, Diagnostics = diagnostics };
    }

    private static Incident Explain(CrashReport report, string source, GoBinary? binary, ProgramCode? code, SourceFiles sources)
    {
        var image = new ProgramImage(binary, code, sources);
        var remarks = new List<Diagnostic>();
        var (usable, remark) = ProgramFit.Check(report, image, source);
        if (remark is not null)
            remarks.Add(remark);
        if (!usable)
            image = new ProgramImage(null, null, sources);
        image.LearnLoadBias(ProgramFit.Locations(report));
        if (report.IsTruncated)
            remarks.Add(new Diagnostic("DIAG0003", DiagnosticSeverity.Warning, source, report.LastLine, "the report is cut off here: goroutines may be missing"));
        return new IncidentBuilder(report, source, image, remarks).Build();
    }
}
