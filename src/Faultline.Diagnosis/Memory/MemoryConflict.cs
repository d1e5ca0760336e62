using Faultline.Binaries.Code;
using Faultline.Diagnosis.Verdicts;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>The two sides of a map fault as memory shows them.</summary>
public sealed record MemoryConflict
{
    /// <summary>The goroutine that raised the fault.</summary>
    public required Goroutine Victim { get; init; }

    /// <summary>Its stack, innermost first.</summary>
    public required IReadOnlyList<StackFrame> Frames { get; init; }

    /// <summary>The frame of the map function that found the fault, among <see cref="Frames"/>.</summary>
    public required int MapFrameIndex { get; init; }

    public required MapOperation Operation { get; init; }

    /// <summary>The call that led there; null when the code does not show it.</summary>
    public MapCallSite? Site { get; init; }

    /// <summary>The map; 0 when several, or none, can be it.</summary>
    public ulong MapAddress { get; init; }

    /// <summary>The map's write mark is set.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Whoever is inside a write of the map, best first.</summary>
    public required IReadOnlyList<MapWriter> Writers { get; init; }

    /// <summary>How sure the first writer is; null without one.</summary>
    public Confidence? Confidence { get; init; }
}
