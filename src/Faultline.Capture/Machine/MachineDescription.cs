using System.Runtime.InteropServices;
using Faultline.Capture.Bundles;

namespace Faultline.Capture.Machine;

/// <summary>Reads what a bundle says of the machine.</summary>
internal static class MachineDescription
{
    public static MachineFacts Read() => new(
        KernelFile.Read("/proc/sys/kernel/osrelease") ?? "",
        RuntimeInformation.OSArchitecture.ToString(),
        Environment.ProcessorCount,
        PerfTool.Find()?.Version,
        KernelFile.Read("/proc/sys/kernel/perf_event_paranoid"),
        Container.IsInside);
}
