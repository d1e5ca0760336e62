using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Races;

/// <summary>What races are explained from.</summary>
public sealed record RaceInputs
{
    /// <summary>Parsed logs, in the order given.</summary>
    public required IReadOnlyList<TracebackLog> Logs { get; init; }

    /// <summary>The binary; null without one. The caller keeps and disposes it.</summary>
    public GoBinary? Binary { get; init; }

    /// <summary>Path prefixes to replace (old, new) when sources are looked up and shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SourcePaths { get; init; } = [];

    /// <summary>Whether a source file may be opened; null allows all.</summary>
    public Func<string, bool>? MayReadSource { get; init; }

    /// <summary>Headers of slices that are known, in any order.</summary>
    public IReadOnlyList<SliceSpan> Slices { get; init; } = [];

    /// <summary>What the compiler said while it built the program.</summary>
    public IReadOnlyList<EscapeIndex> Builds { get; init; } = [];

    /// <summary>Memory of the process that printed the reports, or is thought to have; null without one.</summary>
    public RaceMemory? Memory { get; init; }

    /// <summary>Slice headers that were recorded at the accesses.</summary>
    public IReadOnlyList<RecordedHeaders> Recorded { get; init; } = [];
}

/// <summary>Reads what the race detector reported: what was done at which line to which variable, and through which slices.</summary>
public static class RaceExplainer
{
    public static RaceDiagnosis Explain(RaceInputs inputs)
    {
        var sources = new SourceFiles(inputs.SourcePaths, inputs.MayReadSource);
        var code = inputs.Binary is null ? null : new ProgramCode(inputs.Binary);
        var reader = new RaceReader(new ProgramImage(inputs.Binary, code, sources), inputs.Slices, new VariableEscapes(inputs.Builds), inputs.Memory is null ? null : new RaceHeaders(inputs.Memory), inputs.Recorded);
        var findings = new List<RaceFinding>();
        var diagnostics = new List<Diagnostic>();
        foreach (var log in inputs.Logs)
        {
            diagnostics.AddRange(log.Diagnostics);
            findings.AddRange(Findings(log, reader));
        }

        diagnostics.AddRange(inputs.Builds.SelectMany(build => build.Log.Diagnostics));
        if (inputs.Binary is { } binary)
            diagnostics.AddRange(binary.Diagnostics);
        return new RaceDiagnosis
        {
            Findings = findings,
            GroupCount = inputs.Logs.Sum(log => log.Races.Groups.Count),
            ReportCount = inputs.Logs.Sum(log => log.Races.ReportCount),
            Refused = inputs.Slices.Where(slice => slice.Refusal is not null).Select(slice => (slice, slice.Refusal!)).ToList(),
            Diagnostics = diagnostics,
        };
    }

    internal static IEnumerable<RaceFinding> Findings(TracebackLog log, RaceReader reader)
    {
        var origin = new LogOrigin(log.Source, log.Carrier, log.Stream);
        foreach (var group in log.Races.Groups)
        {
            foreach (var place in group.Places)
                yield return reader.Read(origin, group, place);
        }
    }
}
