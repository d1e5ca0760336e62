using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Records;

/// <summary>A thread left its processor or came back to it (SWITCH, SWITCH_CPU_WIDE).</summary>
/// <param name="IsOut">It left.</param>
/// <param name="IsPreempted">It left while it could have gone on.</param>
/// <param name="OtherProcessId">Who came, or who had been there; -1 when not recorded.</param>
/// <param name="OtherThreadId">The same for its thread.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SwitchRecord(bool IsOut, bool IsPreempted, int OtherProcessId, int OtherThreadId);
