using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Appends;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>The probes of <c>--mode append</c>: growths of shared slices, and uses of their arrays by code that can run elsewhere.</summary>
internal static class AppendProbes
{
    private const int MostAccesses = 512;
    private const int MostAppends = 256;
    private const int FirstReleaseWithOldPointerFirst = 20;

    public static void Add(ProbePlanner planner, ProbeTarget target)
    {
        AppendWindows found = new ProgramCode(target.Binary).FindAppendWindows();
        List<AppendSite> appends = [.. found.Windows.Select(window => window.Append).DistinctBy(append => append.CallAddress).Take(MostAppends)];
        if (appends.Count == 0)
        {
            planner.AddGap("no append of this program is known to go to a place that code of another goroutine reaches (see 'faultline appends'), so nothing is recorded");
            return;
        }

        foreach (string callee in appends.Select(append => append.Callee).Distinct(StringComparer.Ordinal))
            AddGrowth(planner, target, callee);
        foreach (AppendSite append in appends)
        {
            if (!planner.AddInstruction(ProbeKind.SliceGrown, append.ReturnAddress, append.Frames, [planner.Fetches.Argument("obj", 0)]))
                planner.AddGap($"the append at {Line(append.Frames)} cannot be probed");
        }

        AddAccesses(planner, target, found);
        planner.AddNamed(ProbeKind.CollectionStart, "runtime.gcStart", 0, _ => []);
    }

    private static void AddGrowth(ProbePlanner planner, ProbeTarget target, string callee)
    {
        bool isNew = target.Layouts.Release >= FirstReleaseWithOldPointerFirst;
        (int pointer, int capacity, int type) = isNew ? (0, 2, 4) : (1, 3, 0);
        if (!planner.AddNamed(ProbeKind.SliceLeave, callee, 5, _ => [planner.Fetches.Argument("obj", pointer), planner.Fetches.Argument("type", type), planner.Fetches.Argument("detail", capacity, "u64")]))
            planner.AddGap($"{callee} cannot be probed");
    }

    private static void AddAccesses(ProbePlanner planner, ProbeTarget target, AppendWindows found)
    {
        List<ArrayAccess> accesses =
        [
            .. found.Windows.SelectMany(window => window.Accesses).Select(other => other.Access)
                .Where(access => access.Kind is ArrayAccessKind.ReadElement or ArrayAccessKind.WriteElement)
                .DistinctBy(access => access.Address).OrderByDescending(access => access.Kind == ArrayAccessKind.WriteElement),
        ];
        int missed = Math.Max(0, accesses.Count - MostAccesses);
        foreach (ArrayAccess access in accesses.Take(MostAccesses))
        {
            ProbeKind kind = access.Kind == ArrayAccessKind.WriteElement ? ProbeKind.ArrayWrite : ProbeKind.ArrayRead;
            if (access.Register < 0 || !CanBeProbed(target, access.Address)
                || !planner.AddInstruction(kind, access.Address, access.Frames, [$"obj={ProbeRegisters.Amd64ByNumber(access.Register)}:x64"]))
                missed++;
        }

        if (missed > 0)
            planner.AddGap(string.Create(CultureInfo.InvariantCulture, $"{missed} of {accesses.Count} accesses are not probed: their pointer is not in a register as the slice holds it, the kernel takes no probe there, or there are too many"));
    }

    /// <summary>The kernel refuses probes on locked and vector-extension encodings (<c>arch/x86/kernel/uprobes.c</c>).</summary>
    private static bool CanBeProbed(ProbeTarget target, ulong address)
    {
        Span<byte> first = stackalloc byte[1];
        return target.Binary.Read(address, first) == 1 && first[0] is not (0xf0 or 0xc4 or 0xc5 or 0x62);
    }

    private static string Line(IReadOnlyList<SourceFrame> frames) => frames is [{ } line, ..] ? string.Create(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}") : "an unknown line";
}
