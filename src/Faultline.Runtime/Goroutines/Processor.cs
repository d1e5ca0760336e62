using System.Runtime.InteropServices;

namespace Faultline.Runtime.Goroutines;

/// <summary>What the runtime's <c>p</c>, a right to run Go code, says.</summary>
/// <param name="Status">0 idle, 1 running, 2 in a system call, 3 stopped for the garbage collector, 4 dead.</param>
/// <param name="Machine">The <c>m</c> that holds it; 0 for none.</param>
/// <param name="Runnable">Addresses of the goroutines in its queue, next one first.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Processor(ulong Address, int Id, int Status, ulong Machine, uint ScheduleTick, IReadOnlyList<ulong> Runnable);
