using Faultline.Binaries.Reading;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>The memory of a process that stands still, as an input of a diagnosis.</summary>
/// <param name="Source">The input: the path of a core, or what names the process.</param>
/// <param name="State">What its runtime says.</param>
public sealed record MemoryImage(string Source, RuntimeState State)
{
    /// <summary>Remarks on the input itself: cut off, of another build.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];
}
