namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Numbers of the remarks that a summary makes; docs/diagnostics.md describes them.</summary>
internal static class AnalysisDiagnostics
{
    public const string TooManyGoroutines = "XTRACE0109";
    public const string TooManyStacks = "XTRACE0110";
    public const string TooManyEdges = "XTRACE0111";
    public const string TooManyAnnotations = "XTRACE0112";
}
