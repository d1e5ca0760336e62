namespace Faultline.Diagnosis.Memory;

/// <summary>
/// The key that one of the goroutines that fought over a map gave to the runtime's function, which the frame of that function holds, and where in the map it is. Addresses of buckets in
/// such frames are no such sign: some are left over from earlier calls.
/// </summary>
public sealed record MapMark
{
    public required long Goroutine { get; init; }

    /// <summary>The runtime's function.</summary>
    public required string Function { get; init; }

    /// <summary>On one line, cut; null when it cannot be read.</summary>
    public string? Key { get; init; }

    public required MapPlace Place { get; init; }
}
