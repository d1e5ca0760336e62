using System.Globalization;
using System.Text;
using Faultline.Binaries.Code;
using Faultline.Binaries.Elf;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>
/// The command that records goroutine id and map pointer at the fault's own call and at every candidate write, and nowhere else.
/// A probe on a call instruction costs about a microsecond (the kernel emulates the call); the operands are in registers there.
/// </summary>
internal static class ProbeCommand
{
    private const int MostProbes = 12;
    private const string Events = "/sys/kernel/tracing/uprobe_events";

    /// <summary>Where Go keeps g and the first two arguments, as the kernel names the registers; those of arm64 were read, not run.</summary>
    private static readonly Dictionary<string, (string G, string First, string Second)> s_registers = new(StringComparer.Ordinal)
    {
        ["amd64"] = ("%r14", "%ax", "%bx"),
        ["arm64"] = ("%x28", "%x0", "%x1"),
    };

    /// <summary>Null when there is no binary to probe or nothing to probe in it.</summary>
    public static string? For(MapFault fault, IReadOnlyList<MapCallSite> writes, ProgramImage image)
    {
        if (image.Binary is not { } binary || !s_registers.TryGetValue(binary.Architecture, out var registers) || fault.Site is not { } site || writes.Count == 0)
            return null;

        var path = Path.GetFullPath(binary.Path);
        var probes = new StringBuilder();
        var count = 0;
        foreach (var (call, name) in writes.Take(MostProbes).Select((write, i) => (write, $"w{i + 1}")).Append((site, "victim")))
        {
            if (writes.Contains(call) && name == "victim" || FileOffset(binary.Elf, call.CallAddress) is not { } offset)
                continue;
            probes.Append(CultureInfo.InvariantCulture, $"p:faultline/{name} {path}:0x{offset:x} goid=+{GoidOffset(binary.BuildInfo?.Release)}({registers.G}):u64 map={MapOperand(call.Callee, registers.First, registers.Second)}:x64\\n");
            count++;
        }

        return count == 0
            ? null
            : $"printf %b {Shell.Quote(probes.ToString())} > {Events} && GOTRACEBACK=all perf record -o faultline.perf.data -e 'faultline:*' {Shell.QuoteCommand(binary.Path)}";
    }

    /// <summary>Where <c>g.goid</c> lies; it moved by a word for two releases.</summary>
    private static int GoidOffset(int? release) => release is 23 or 24 ? 160 : 152;

    private static string MapOperand(string callee, string first, string second)
        => callee switch
        {
            "runtime.mapiternext" or "runtime.mapIterNext" => $"+24({first})",
            _ when callee.StartsWith("internal/runtime/maps.(*Map)", StringComparison.Ordinal) => first,
            _ => second,
        };

    private static ulong? FileOffset(ElfFile elf, ulong address)
    {
        foreach (var segment in elf.ProgramHeaders)
        {
            if (segment.Type == ElfSegmentType.Load && segment.HoldsInFile(address))
                return address - segment.Address + (ulong)segment.Offset;
        }

        return null;
    }
}
