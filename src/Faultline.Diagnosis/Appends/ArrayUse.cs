using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Appends;

/// <summary>A line of the program at which a probe was hit.</summary>
/// <param name="Function">Empty when unknown.</param>
/// <param name="File">Empty when unknown.</param>
/// <param name="Line">0 when unknown.</param>
/// <param name="Address">Link-time address of the instruction, where the load bias is known.</param>
public sealed record ArrayPlace(string Function, string File, int Line, ulong Address);

/// <summary>Recorded uses, from one line, of arrays that an append on another goroutine had left; all hits of the two lines together, told by the first of the surest.</summary>
public sealed record ArrayUse
{
    public required ArrayPlace Append { get; init; }

    public required ArrayPlace Access { get; init; }

    public required bool IsWrite { get; init; }

    /// <summary>By the rule in docs/verdicts.md.</summary>
    public required Confidence Confidence { get; init; }

    /// <summary>Why it is no more than possible; empty when it is confirmed.</summary>
    public required string Doubt { get; init; }

    /// <summary>Goroutine of the append.</summary>
    public required ulong AppendGoroutine { get; init; }

    /// <summary>Goroutine of the access; 0 when unknown.</summary>
    public required ulong AccessGoroutine { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Start of the old array.</summary>
    public required ulong OldAddress { get; init; }

    public required ulong NewAddress { get; init; }

    /// <summary>The pointer that was used, in the old array.</summary>
    public required ulong UsedAddress { get; init; }

    /// <summary>Nanoseconds from the growth's end to the access.</summary>
    public required ulong Gap { get; init; }

    /// <summary>How often the two lines met.</summary>
    public required long Count { get; init; }
}

/// <summary>What a recording shows of appends.</summary>
/// <param name="Uses">Writes before reads, surest first.</param>
/// <param name="GrowthCount">Growths at the probed appends.</param>
/// <param name="AccessCount">Hits at the probed accesses.</param>
/// <param name="UnknownGoroutines">Hits without a goroutine's id.</param>
/// <param name="Remarks">What the recording lacks, a sentence each.</param>
public sealed record ArrayUses(IReadOnlyList<ArrayUse> Uses, long GrowthCount, long AccessCount, long UnknownGoroutines, IReadOnlyList<string> Remarks);
