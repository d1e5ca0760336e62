using Faultline.Diagnosis.Accesses;

namespace Faultline.Reports.Findings;

/// <summary>One side of a fault, for formats that treat crashes and races alike.</summary>
public sealed record FindingSide
{
    /// <summary>What it is in the fault: <c>Victim</c>, <c>Rival</c>, <c>Now</c>, <c>Before</c>, <c>Waits</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The goroutine in words.</summary>
    public required string Who { get; init; }

    /// <summary>Such as <c>map write</c>; empty when it is not known.</summary>
    public required string Operation { get; init; }

    /// <summary>The source form; empty when it is not known.</summary>
    public string Expression { get; init; } = "";

    /// <summary>Function of the user's line; empty when it is not known.</summary>
    public required string Function { get; init; }

    /// <summary>Its file; empty when it is not known.</summary>
    public required string File { get; init; }

    /// <summary>One-based; 0 when it is not known.</summary>
    public required int Line { get; init; }

    /// <summary>Address of the access; null when it is not known.</summary>
    public ulong? Pc { get; init; }

    /// <summary>Innermost first.</summary>
    public IReadOnlyList<AccessFrame> Frames { get; init; } = [];

    /// <summary>The <c>go</c> statement; null when it is not known.</summary>
    public CreatedBy? CreatedBy { get; init; }

    /// <summary>How sure it is that this side took part, and why, in words.</summary>
    public required string Certainty { get; init; }

    /// <summary>When it was entered, in nanoseconds on a clock that all sides share; null where the order of the sides is not known.</summary>
    public long? Time { get; init; }
}
