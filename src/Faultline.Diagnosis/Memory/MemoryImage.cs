using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>The memory of a process that stands still, as an input of a diagnosis.</summary>
/// <param name="Source">The input: the path of a core, or what names the process.</param>
/// <param name="State">What its runtime says.</param>
/// <param name="IsAtFault">It was stopped when the fault was raised; false for a core that a signal made later.</param>
public sealed record MemoryImage(string Source, RuntimeState State, bool IsAtFault);
