namespace Faultline.Cli.Cores;

/// <summary>How a view of a core is asked to look.</summary>
internal sealed record CoreView
{
    public OutputFormat Format { get; init; }

    /// <summary>Go on with a binary of another build.</summary>
    public bool IsForced { get; init; }

    /// <summary>Goroutines have their stacks.</summary>
    public bool HasStacks { get; init; }

    public IReadOnlyList<GoroutineFilter> With { get; init; } = [];

    public IReadOnlyList<GoroutineFilter> Without { get; init; } = [];

    public GoroutineFilter? Group { get; init; }

    /// <summary>The picture of a map: <c>mermaid</c> or <c>dot</c>; null for none.</summary>
    public string? Graph { get; init; }

    /// <summary>What a bucket's state, functions or files have to hold; null for all buckets.</summary>
    public string? Match { get; init; }

    public long? Top { get; init; }

    public long Skip { get; init; }
}
