using Faultline.Binaries.Code;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>A goroutine with a frame of a function that writes maps, in a process that stands still.</summary>
/// <param name="Frames">Its stack, innermost first.</param>
/// <param name="FrameIndex">The frame of the map function among <paramref name="Frames"/>.</param>
/// <param name="Operation">What that function does.</param>
/// <param name="Stage">Whether it has set the map's write mark where it stands.</param>
/// <param name="MapAddress">The map in question, which its frame or its registers hold; 0 when they do not hold it.</param>
/// <param name="IsAmbiguous">The frame holds another map as well that is being written, so which of them is its own is not known.</param>
public sealed record MapWriter(
    Goroutine Goroutine, IReadOnlyList<StackFrame> Frames, int FrameIndex, MapOperation Operation, WriteStage Stage, ulong MapAddress, bool IsAmbiguous);
