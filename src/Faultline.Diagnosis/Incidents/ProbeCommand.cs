using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Incidents;

internal static class ProbeCommand
{
    public static string? For(MapFault fault, IReadOnlyList<Access> rivals, ProgramImage image) => null;
}
