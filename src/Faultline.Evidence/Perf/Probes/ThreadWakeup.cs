using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>One thread made another runnable (<c>sched:sched_wakeup</c>, <c>sched:sched_waking</c>).</summary>
/// <param name="Time">Nanoseconds on the recorder's clock.</param>
/// <param name="ThreadId">Who was running; from an interrupt it is whoever that interrupted.</param>
/// <param name="WokenThreadId">Who can run now.</param>
/// <param name="TargetCpu">Where; -1 when not recorded.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadWakeup(ulong Time, int ThreadId, int WokenThreadId, int TargetCpu);
