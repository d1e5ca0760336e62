namespace Faultline.Reports.Profiles;

/// <summary>A frame of a profile.</summary>
/// <param name="File">Empty when unknown.</param>
/// <param name="Line">One-based; 0 when unknown.</param>
public readonly record struct ProfileFrame(string Function, string File, int Line);

/// <summary>What a sample is about, beside its stack; empty texts and zeros where that is not known.</summary>
/// <param name="Goroutine">Goroutine id.</param>
/// <param name="State">State or wait reason, as Go prints it.</param>
/// <param name="Operation">What was done, such as <c>map-write</c>, or the event that was counted.</param>
/// <param name="ObjectAddress">The map, channel or lock.</param>
/// <param name="Thread">Thread id.</param>
public readonly record struct ProfileLabels(ulong Goroutine, string State = "", string Operation = "", ulong ObjectAddress = 0, int Thread = 0);

/// <summary>One stack with its labels, and how often it was seen.</summary>
/// <param name="Frames">Innermost first.</param>
public sealed record ProfileSample(IReadOnlyList<ProfileFrame> Frames, ProfileLabels Labels, long Count);

/// <summary>Stacks and how often each was seen.</summary>
/// <param name="Source">The input that they are from.</param>
/// <param name="Unit">What is counted, in the plural: <c>goroutines</c>, <c>samples</c>, <c>operations</c>.</param>
/// <param name="Samples">Different from each other in stack or labels; in the order in which they came up.</param>
/// <param name="DurationNanoseconds">Length of a recording; 0 for a moment.</param>
public sealed record StackProfile(string Source, string Unit, IReadOnlyList<ProfileSample> Samples, long DurationNanoseconds);
