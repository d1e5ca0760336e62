using System.Runtime.InteropServices;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>Events that one thread wrote in a row, or one of a generation's tables.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TraceBatch(long Thread, ulong Time, long Offset, int Size, bool IsExperiment);

/// <summary>A sample of the CPU profile; its time is in ticks.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TraceSample(ulong Time, long Thread, long Proc, long Goroutine, ulong StackId);
