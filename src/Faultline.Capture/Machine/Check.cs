namespace Faultline.Capture.Machine;

/// <summary>How a check came out.</summary>
public enum CheckStatus
{
    Ok,

    /// <summary>Recording works, but something is missing from it.</summary>
    Warning,

    /// <summary>Recording does not work.</summary>
    Obstacle,
}

/// <summary>One thing that recording depends on.</summary>
/// <param name="Id">Stable, such as <c>perf-paranoid</c>.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Finding">What was found, one sentence.</param>
/// <param name="Remedy">The command that mends it; empty when there is nothing to mend.</param>
public sealed record Check(string Id, CheckStatus Status, string Finding, string Remedy = "");
