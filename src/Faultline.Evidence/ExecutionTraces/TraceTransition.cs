using System.Runtime.InteropServices;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>A goroutine or a processor that changes its state.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TraceTransition(bool IsProc, long Id, TraceState From, TraceState To);
