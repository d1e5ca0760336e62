using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Records;

/// <summary>Where and when a record that is no sample was made (<c>struct sample_id</c>).</summary>
/// <param name="ProcessId">-1 when not recorded.</param>
/// <param name="ThreadId">-1 when not recorded.</param>
/// <param name="Time">Nanoseconds on the recorder's clock; 0 when not recorded.</param>
/// <param name="Cpu">-1 when not recorded.</param>
/// <param name="Id">Of the event; 0 when not recorded.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordOrigin(int ProcessId, int ThreadId, ulong Time, int Cpu, ulong Id)
{
    public static RecordOrigin None => new(-1, -1, 0, -1, 0);
}
