using System.Runtime.InteropServices;

namespace Faultline.Runtime.Cores;

/// <summary>The signal that the process died of (<c>NT_SIGINFO</c>).</summary>
/// <param name="Number">Such as 6 for SIGABRT.</param>
/// <param name="Code">Who sent it (<c>si_code</c>): above 0 the kernel for a fault, otherwise a process.</param>
/// <param name="Address">The address at fault, for SIGSEGV, SIGBUS, SIGILL and SIGFPE by the kernel; 0 otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CoreSignal(int Number, int Code, ulong Address);
