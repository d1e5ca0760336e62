namespace Faultline.Samples;

/// <summary>How a sample is run. The defaults are a production process with all goroutines in its log.</summary>
public sealed record SampleRunOptions
{
    /// <summary>GOTRACEBACK; null leaves it unset.</summary>
    public string? Traceback { get; init; } = "all";

    /// <summary>GODEBUG, such as <c>scheddetail=1</c>; null leaves it unset.</summary>
    public string? Debug { get; init; }

    /// <summary>More environment variables; they win over the ones above.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Arguments of the program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Commands to run the program under, such as <c>perf record …</c>; empty runs it alone.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>After this time the program is killed.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keep the ledger, where the program has one.</summary>
    public bool KeepLedger { get; init; } = true;
}
