using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Memory;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis;

/// <summary>What a diagnosis is made from.</summary>
public sealed record DiagnosisInputs
{
    /// <summary>Parsed logs, in the order given.</summary>
    public required IReadOnlyList<TracebackLog> Logs { get; init; }

    /// <summary>The binary; null without one. The caller keeps and disposes it.</summary>
    public GoBinary? Binary { get; init; }

    /// <summary>Recordings of the program, each read to its end.</summary>
    public IReadOnlyList<Recording> Recordings { get; init; } = [];

    /// <summary>Memory of the program: cores. The caller keeps and disposes what is behind it.</summary>
    public IReadOnlyList<MemoryImage> Memories { get; init; } = [];

    /// <summary>What the compiler said while it built the program.</summary>
    public IReadOnlyList<EscapeIndex> Builds { get; init; } = [];

    /// <summary>Look at who waits for whom also where another fault explains the death.</summary>
    public bool WantsWaitGraphs { get; init; }

    /// <summary>Look up the instructions of accesses, and the phases of their map operations.</summary>
    public bool WantsCode { get; init; }

    /// <summary>Path prefixes to replace (old, new) when sources are looked up and shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SourcePaths { get; init; } = [];

    /// <summary>Whether a source file may be opened; null allows all.</summary>
    public Func<string, bool>? MayReadSource { get; init; }
}

/// <summary>Joins the evidence into incidents by the rules in docs/verdicts.md.</summary>
public static class Diagnostician
{
    /// <summary>Explains every crash report of every log, in order, then every death that only a recording shows.</summary>
    public static DiagnosisReport Diagnose(DiagnosisInputs inputs)
    {
        var sources = new SourceFiles(inputs.SourcePaths, inputs.MayReadSource);
        var code = inputs.Binary is null ? null : new ProgramCode(inputs.Binary);
        var codes = inputs is { WantsCode: true, Binary: { } program } ? new AccessCodeReader(program) : null;
        var deaths = new RecordedDeaths(inputs.Recordings);
        var samples = inputs.Recordings.Select(recording => recording.Samples).OfType<SampledActivity>().ToList();
        var incidents = new List<Incident>();
        var diagnostics = new List<Diagnostic>();
        foreach (var log in inputs.Logs)
        {
            diagnostics.AddRange(log.Diagnostics);
            foreach (var report in log.Reports)
                incidents.Add(Explain(report, log.Source, inputs.Binary, code, codes, sources, deaths, samples, inputs.WantsWaitGraphs) with { Log = new LogOrigin(log.Source, log.Carrier, log.Stream) });
        }

        // Deaths that a log may report in a way that could not be matched are not told a second time.
        if (incidents.TrueForAll(incident => incident.Recordings.Count > 0))
            incidents.AddRange(deaths.Open.ToList().Select(death => Told(death.Recording, death.Fault, new ProgramImage(inputs.Binary, code, sources), codes)));
        foreach (var memory in inputs.Memories)
        {
            AddMemory(incidents, diagnostics, memory, inputs.Binary, code, codes, sources);
            diagnostics.AddRange(memory.Diagnostics);
            diagnostics.AddRange(memory.State.Diagnostics);
        }

        foreach (var recording in inputs.Recordings)
            diagnostics.AddRange(recording.Diagnostics);
        if (inputs.Binary is { } binary)
            diagnostics.AddRange(binary.Diagnostics);
        diagnostics.AddRange(inputs.Builds.SelectMany(build => build.Log.Diagnostics));
        if (inputs.Builds.Count > 0)
            incidents = [.. incidents.Select(incident => IncidentEscapes.Add(incident, inputs.Builds, sources))];
        return new DiagnosisReport { Incidents = incidents, Diagnostics = diagnostics };
    }

    private static Incident Told(Recording recording, RecordedFault fault, ProgramImage image, AccessCodeReader? codes) =>
        WithCode(RecordedIncident.Build(recording, fault, image), image, codes);

    private static Incident WithCode(Incident incident, ProgramImage image, AccessCodeReader? codes) => codes?.Attach(incident, image) ?? incident;

    /// <summary>To the incident of the same death, or as one of its own.</summary>
    private static void AddMemory(List<Incident> incidents, List<Diagnostic> diagnostics, MemoryImage memory, GoBinary? binary, ProgramCode? code, AccessCodeReader? codes, SourceFiles sources)
    {
        var image = new ProgramImage(binary, code, sources);
        for (var index = 0; index < incidents.Count; index++)
        {
            if (MemoryIncident.JoinDeadlock(incidents[index], memory, image) is not { } joined)
                continue;
            incidents[index] = ObjectPictures.AddTo(joined, memory);
            return;
        }

        if (MemoryIncident.Build(memory, image) is not { } built)
            return;
        var own = WithCode(built, image, codes);
        for (var index = 0; index < incidents.Count; index++)
        {
            if (MemoryIncident.Join(incidents[index], own) is not { } joined)
                continue;
            incidents[index] = ObjectPictures.AddTo(joined, memory);
            return;
        }

        if (!own.Fault.IsMapConflict || own.Victim?.Goroutine is not { } victim)
        {
            incidents.Add(ObjectPictures.AddTo(own, memory));
            return;
        }

        // Both sides of a map conflict are looked for among the goroutines as in a log that shows all of them.
        if (MemoryReport.Read(memory, own.Fault.Message, (ulong)victim) is { } report)
        {
            var explained = MemoryReport.WithoutLines(Explain(report, memory.Source, binary, code, codes, sources, new RecordedDeaths([]), [], wantsWaitGraph: false), memory.Source);
            incidents.Add(ObjectPictures.AddTo(MemoryIncident.Join(explained, own) ?? own, memory));
            return;
        }

        diagnostics.Add(new Diagnostic("DIAG0005", DiagnosticSeverity.Warning, memory.Source, null, "the temporary folder has no room for the list of its goroutines, so not all of them were asked for the other side"));
        incidents.Add(ObjectPictures.AddTo(own, memory));
    }

    private static Incident Explain(CrashReport report, string source, GoBinary? binary, ProgramCode? code, AccessCodeReader? codes, SourceFiles sources, RecordedDeaths deaths, IReadOnlyList<SampledActivity> samples, bool wantsWaitGraph)
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
        return WithCode(new IncidentBuilder(report, source, image, remarks, deaths, samples).Build(wantsWaitGraph), image, codes);
    }
}
