namespace Faultline.Evidence.Races;

/// <summary>The numbered remarks on race reports; docs/diagnostics.md explains them.</summary>
public static class RaceDiagnostics
{
    /// <summary>Reports without an end.</summary>
    public const string CutOff = "RACE0001";

    /// <summary>More groups than the cap; reports of further ones were counted only.</summary>
    public const string TooManyGroups = "RACE0002";

    /// <summary>A stack deeper, a report wider or frames more numerous than the caps; the rest was dropped.</summary>
    public const string TooManyFrames = "RACE0003";

    /// <summary>The program counted more races than the log holds.</summary>
    public const string ReportsMissing = "RACE0004";
}
