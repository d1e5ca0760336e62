using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Records;

/// <summary>A thread or process began (FORK) or ended (EXIT).</summary>
/// <param name="Time">Nanoseconds on the recorder's clock.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadLifeRecord(int ProcessId, int ThreadId, int ParentProcessId, int ParentThreadId, ulong Time);
