using System.Globalization;

namespace Faultline.Capture.Machine;

/// <summary>The capabilities of this process (<c>include/uapi/linux/capability.h</c>).</summary>
internal static class Privileges
{
    private const int OverrideFiles = 1, TraceProcesses = 19, Administer = 21, MonitorPerformance = 38;

    private static ulong Effective => ulong.TryParse(KernelFile.Field("/proc/self/status", "CapEff:"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits) ? bits : 0;

    public static bool CanAdminister => Has(Administer);

    /// <summary>May use perf whatever the paranoid level says.</summary>
    public static bool CanMonitor => Has(MonitorPerformance) || CanAdminister;

    public static bool CanTraceProcesses => Has(TraceProcesses);

    public static bool CanOverrideFiles => Has(OverrideFiles);

    private static bool Has(int capability) => (Effective & (1UL << capability)) != 0;
}
