using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Capture.Perf;
using Faultline.Capture.Probes;
using Faultline.Capture.Recording;
using Faultline.Capture.Tracing;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Capture.Machine;

/// <summary>Looks at what recording depends on, and says for each what mends it. Changes nothing.</summary>
public static class Doctor
{
    /// <summary>The machine and this user.</summary>
    public static IReadOnlyList<Check> Examine() =>
    [
        System(), Perf(), Paranoid(), Tracing(), Lockdown(), Inside(), Counters(), Watchpoints(), Events(), PtraceScope(), CorePattern(), CoreLimit(),
    ];

    /// <summary>What keeps a recording from working; none when it can.</summary>
    public static IReadOnlyList<Check> Obstacles(RecordPlan plan)
    {
        List<Check> checks = [System(), Perf(), Paranoid(), Lockdown()];
        if (plan.Probes.Points.Count > 0)
            checks.Add(Tracing());
        if (plan.Mode == RecordMode.Watch && DebugRegisters.Work == false)
            checks.Add(Watchpoints() with { Status = CheckStatus.Obstacle });
        return [.. checks.Where(check => check.Status == CheckStatus.Obstacle)];
    }

    /// <summary>A program that is to be recorded.</summary>
    public static IReadOnlyList<Check> Examine(GoBinary binary) => [Program(binary), Symbols(binary), Identity(binary)];

    /// <summary>A process that is to be recorded.</summary>
    public static IReadOnlyList<Check> Examine(int processId) => ProcessDoctor.Examine(processId);

    private static Check System() => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64
        ? new("system", CheckStatus.Ok, $"Linux {KernelFile.Read("/proc/sys/kernel/osrelease")} on {RuntimeInformation.OSArchitecture}")
        : new("system", CheckStatus.Obstacle, "programs are recorded on Linux, amd64 or arm64");

    private static Check Perf() => PerfTool.Find() switch
    {
        null => new("perf", CheckStatus.Obstacle, "perf is not installed", InstallPerf()),
        { TakesCommands: false } old => new("perf", CheckStatus.Obstacle, $"perf {old.Version} cannot be told when to begin; 5.10 or newer can", InstallPerf()),
        { } perf => new("perf", CheckStatus.Ok, $"perf {perf.Version}"),
    };

    private static string InstallPerf()
    {
        string id = KernelFile.Field("/etc/os-release", "ID=")?.Trim('"') ?? "";
        return id switch
        {
            "ubuntu" => "sudo apt-get install linux-tools-$(uname -r)",
            "fedora" or "rhel" or "centos" or "rocky" or "almalinux" or "amzn" => "sudo dnf install perf",
            "alpine" => "sudo apk add perf",
            "arch" => "sudo pacman -S perf",
            "opensuse-leap" or "opensuse-tumbleweed" or "sles" => "sudo zypper install perf",
            _ => "sudo apt-get install linux-perf",
        };
    }

    // Tracepoints and uprobes of one's own processes need level -1 or the capability; samples of one's own code need level 2.
    private static Check Paranoid()
    {
        string? level = KernelFile.Read("/proc/sys/kernel/perf_event_paranoid");
        const string Id = "perf-paranoid";
        if (level is null)
            return new(Id, CheckStatus.Obstacle, "the kernel was built without perf events");
        if (Privileges.CanMonitor)
            return new(Id, CheckStatus.Ok, $"kernel.perf_event_paranoid is {level}, and this user may use perf whatever it is");
        return level == "-1"
            ? new(Id, CheckStatus.Ok, "kernel.perf_event_paranoid is -1: everyone may use perf")
            : new(Id, CheckStatus.Obstacle, $"kernel.perf_event_paranoid is {level}, and this user has neither CAP_PERFMON nor CAP_SYS_ADMIN: events of the kernel are not for this user", "sudo sysctl kernel.perf_event_paranoid=-1   # or run faultline with sudo");
    }

    private static Check Tracing()
    {
        const string Id = "tracefs";
        if (TraceFs.Find() is { } traceFs)
        {
            return traceFs.CanSetProbes
                ? new(Id, CheckStatus.Ok, $"tracefs is at {traceFs.Folder}, and probes can be set")
                : new(Id, CheckStatus.Obstacle, $"{traceFs.Folder}/uprobe_events cannot be written by this user: probes need root", "sudo faultline record …");
        }

        if (!Directory.Exists(TraceFs.UsualFolder))
            return new(Id, CheckStatus.Obstacle, "the kernel has no tracefs, or it is hidden from here", "mount -t sysfs sysfs /sys && mount -t tracefs tracefs /sys/kernel/tracing   # in a container: start it with --privileged");
        bool isMounted = (KernelFile.Read("/proc/mounts") ?? "").Contains(" tracefs ", StringComparison.Ordinal);
        if (isMounted)
        {
            return Privileges.CanOverrideFiles
                ? new(Id, CheckStatus.Obstacle, "this kernel cannot set probes in programs (CONFIG_UPROBE_EVENTS is off)", "faultline record --mode sample …   # needs no probes")
                : new(Id, CheckStatus.Obstacle, "tracefs is not for this user: probes need root", "sudo faultline record …   # or 'faultline record --dry-run …', and have an administrator run what it prints");
        }

        return Privileges.CanAdminister
            ? new(Id, CheckStatus.Ok, "tracefs is not mounted; a recording mounts it and unmounts it again")
            : new(Id, CheckStatus.Obstacle, "tracefs is not mounted, and this user may not mount it: probes need root", "sudo mount -t tracefs tracefs /sys/kernel/tracing");
    }

    private static Check Lockdown()
    {
        string text = KernelFile.Read("/sys/kernel/security/lockdown") ?? "";
        return text.Contains("[confidentiality]", StringComparison.Ordinal)
            ? new("lockdown", CheckStatus.Obstacle, "the kernel is locked down for confidentiality: neither perf nor probes work", "boot with lockdown=integrity or without Secure Boot's confidentiality mode")
            : new("lockdown", CheckStatus.Ok, "the kernel is not locked down against perf");
    }

    private static Check Inside()
    {
        const string Id = "container";
        if (!Container.IsInside)
            return new(Id, CheckStatus.Ok, "this is no container");
        string finding = Container.HasOwnUsers
            ? "this is a container whose root is not the machine's: the kernel gives it neither probes nor tracepoints"
            : Container.HasOwnProcesses
                ? "this is a container with process ids of its own; only what runs in it can be recorded"
                : "this is a container";
        return new(Id, CheckStatus.Warning, finding, "record from the machine itself: sudo faultline record --pid PID   # or docker run --privileged --pid=host");
    }

    private static Check Counters() => KernelEvents.Find().HasCounters
        ? new("pmu", CheckStatus.Ok, "the processor counts instructions")
        : new("pmu", CheckStatus.Warning, "the processor counts nothing here (no PMU, as on most virtual machines): 'sample' uses cpu-clock instead");

    private static Check Watchpoints()
    {
        const string Id = "debug-registers";
        return DebugRegisters.Work switch
        {
            true => new(Id, CheckStatus.Ok, "the processor reports writes to watched memory"),
            false => new(Id, CheckStatus.Warning, "the processor takes watched addresses and never reports a write to them, as on some virtual machines: 'watch' sees nothing here", "faultline record --mode targeted …   # needs no debug registers"),
            null => new(Id, CheckStatus.Warning, "whether the processor can watch memory is not for this user to try: 'watch' may not work"),
        };
    }

    private static Check Events()
    {
        const string Id = "events";
        KernelEvents events = KernelEvents.Find();
        if (!events.IsKnown)
            return new(Id, CheckStatus.Warning, "which tracepoints the kernel has cannot be seen without tracefs");
        List<string> missing = [.. RecordPlans.Tracepoints.Where(name => !events.Has(name))];
        return missing.Count == 0
            ? new(Id, CheckStatus.Ok, $"the kernel has {string.Join(", ", RecordPlans.Tracepoints)}")
            : new(Id, CheckStatus.Warning, $"the kernel lacks {string.Join(", ", missing)}: 'sample' and 'sched' do without");
    }

    private static Check PtraceScope()
    {
        const string Id = "ptrace-scope";
        string? scope = KernelFile.Read("/proc/sys/kernel/yama/ptrace_scope");
        return scope is null or "0" || (Privileges.CanTraceProcesses && scope is "1" or "2")
            ? new(Id, CheckStatus.Ok, scope is null ? "no Yama: ptrace is free" : $"kernel.yama.ptrace_scope is {scope}, which does not stop this user")
            : new(Id, CheckStatus.Warning, $"kernel.yama.ptrace_scope is {scope}: the memory of processes that are no children cannot be read", "sudo sysctl kernel.yama.ptrace_scope=0");
    }

    private static Check CorePattern()
    {
        const string Id = "core-pattern";
        string pattern = KernelFile.Read("/proc/sys/kernel/core_pattern") ?? "";
        return pattern.Length == 0
            ? new(Id, CheckStatus.Warning, "kernel.core_pattern is empty: no core dump is written", "sudo sysctl kernel.core_pattern=core.%p")
            : pattern[0] == '|'
                ? new(Id, CheckStatus.Ok, $"core dumps go to {pattern[1..].Split(' ')[0]}", pattern.Contains("systemd-coredump", StringComparison.Ordinal) ? "coredumpctl dump PID > core" : "")
                : new(Id, CheckStatus.Ok, $"core dumps go to '{pattern}'");
    }

    private static Check CoreLimit()
    {
        const string Id = "core-limit";
        string? limit = KernelFile.Field("/proc/self/limits", "Max core file size")?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return limit is "0"
            ? new(Id, CheckStatus.Warning, "core dumps are off for programs started from here (ulimit -c is 0)", "ulimit -c unlimited")
            : new(Id, CheckStatus.Ok, $"ulimit -c is {limit ?? "not known"}");
    }

    private static Check Program(GoBinary binary)
    {
        const string Id = "program";
        if (ProbeTarget.TryCreate(binary, binary.Path, out string refusal) is not { } target)
            return new(Id, CheckStatus.Obstacle, refusal.TrimEnd('.'));
        ProbePlan plan = ProbePlans.Trace(target, ProbeGroup.ByHand().Name, []);
        int cheap = plan.Points.Count(point => point.IsEmulated);
        return new(
            Id,
            plan.Coverage.WritesAreComplete ? CheckStatus.Ok : CheckStatus.Warning,
            string.Create(CultureInfo.InvariantCulture, $"{binary.BuildInfo?.GoVersion} {binary.Architecture}: {plan.Points.Count} probes, {cheap} of them cheap{(plan.Coverage.Gaps.Count > 0 ? "; " + string.Join("; ", plan.Coverage.Gaps) : "")}"));
    }

    private static Check Symbols(GoBinary binary) => binary.IsStripped
        ? new("symbols", CheckStatus.Warning, "the binary is stripped: package-level variables have no names; all else works", $"build without -ldflags=-s and keep it; recordings of {Shell.Quote(Path.GetFileName(binary.Path))} can be read with it")
        : new("symbols", CheckStatus.Ok, "the binary has symbols");

    private static Check Identity(GoBinary binary) => binary.GoBuildId is null && binary.GnuBuildId is null
        ? new("build-id", CheckStatus.Warning, "the binary has no build id: whether a recording and a binary belong together cannot be checked", "go build   # without -ldflags=-buildid=")
        : new("build-id", CheckStatus.Ok, "the binary has a build id");
}
