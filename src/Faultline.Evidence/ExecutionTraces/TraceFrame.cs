namespace Faultline.Evidence.ExecutionTraces;

/// <summary>One frame of a recorded stack, inlined calls included.</summary>
/// <param name="Pc">Return address, or the address itself in the innermost frame.</param>
/// <param name="Function">Full name, as in tracebacks.</param>
/// <param name="File">Path as compiled.</param>
/// <param name="Line">One-based.</param>
public readonly record struct TraceFrame(ulong Pc, string Function, string File, int Line);
