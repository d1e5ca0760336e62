using Faultline.Binaries;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis;

/// <summary>What a diagnosis is made from.</summary>
public sealed record DiagnosisInputs
{
    /// <summary>Parsed logs, in the order given.</summary>
    public required IReadOnlyList<TracebackLog> Logs { get; init; }

    /// <summary>The binary; null without one.</summary>
    public GoBinary? Binary { get; init; }

    /// <summary>Path prefixes to replace (OLD, NEW) when sources are looked up and shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SourcePaths { get; init; } = [];
}

/// <summary>Joins the evidence into incidents by the rules in docs/verdicts.md.</summary>
public static class Diagnostician
{
    public static DiagnosisReport Diagnose(DiagnosisInputs inputs) => throw new NotSupportedException("TODO-STUB");
}
