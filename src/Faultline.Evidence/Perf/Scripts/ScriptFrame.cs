using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Scripts;

/// <summary>One frame that perf printed.</summary>
/// <param name="Address">In a call chain perf prints where the instruction lies in the file of <paramref name="Module"/>, as an offset; of a single frame, and of the kernel, it prints the address.</param>
/// <param name="Symbol">Function; null when perf knew none.</param>
/// <param name="SymbolOffset">From the function's start; 0 when not printed.</param>
/// <param name="Module">File that holds it; null when not printed.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScriptFrame(ulong Address, string? Symbol, ulong SymbolOffset, string? Module);
