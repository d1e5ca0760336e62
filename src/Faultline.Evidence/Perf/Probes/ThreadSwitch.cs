using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>The scheduler put one thread in another's place (<c>sched:sched_switch</c>). Thread id 0 is the idle task.</summary>
/// <param name="Time">Nanoseconds on the recorder's clock.</param>
/// <param name="PreviousState">Kernel's task state of the thread that leaves: 0 could go on, bit 0 waits (interruptible), bit 1 waits for a device.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadSwitch(ulong Time, int Cpu, int PreviousThreadId, ulong PreviousState, int NextThreadId);
