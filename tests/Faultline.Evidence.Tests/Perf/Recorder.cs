using System.Diagnostics;
using System.Globalization;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Tests.Perf;
using Faultline.Samples;

[assembly: AssemblyFixture(typeof(Recorder))]

namespace Faultline.Evidence.Tests.Perf;

/// <summary>
/// Records real programs with perf, with probes of faultline's vocabulary. Each recording is made when a test first asks for it; folder and probes
/// go away with the test program.
/// </summary>
public sealed class Recorder : IDisposable
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string MapWriteFunction = "runtime.mapassign_fast64";
    private const string GoVersion = "1.24";

    private static readonly byte[] s_frameStart = [0x55, 0x48, 0x89, 0xe5]; // push %rbp; mov %rsp,%rbp
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-perf-");
    private readonly Dictionary<string, Lazy<string>> _recordings;
    private readonly Lazy<string> _program;
    private readonly Lazy<string> _probe;

    public Recorder()
    {
        _program = new(Build);
        _probe = new(DefineProbe);
        string[] events = ["-e", "PROBE", "-e", "sched:sched_switch", "-e", "sched:sched_wakeup", "-e", "syscalls:sys_enter_futex", "-e", "cpu-clock/freq=2000/"];
        _recordings = new(StringComparer.Ordinal)
        {
            ["probes"] = InFile(30, ["-m", "1024", "-k", "mono", "--sample-cpu", .. events]),
            ["perf-clock"] = InFile(10, ["-m", "1024", "-e", "PROBE"]),
            ["frames"] = InFile(500, ["-F", "10000", "-e", "cpu-clock", "--user-regs=ip,sp,bp,r14", "-g"]),
            ["stacks"] = InFile(200, ["-F", "5000", "-e", "cpu-clock", "--call-graph", "dwarf,4096"]),
            ["mixed"] = InFile(20, ["--sample-cpu", "--user-regs=sp,ip", "-g", .. events]),
            ["packed"] = InFile(30, ["-m", "2048", "-z", "-k", "mono", "--sample-cpu", "--call-graph", "dwarf,1024", .. events]),
            ["pipe"] = InPipe(30, ["-m", "1024", "-k", "mono", "--sample-cpu", .. events]),
            ["packed-pipe"] = InPipe(30, ["-m", "1024", "-z", "--sample-cpu", .. events]),
            ["ring"] = InFile(60, ["--overwrite", "-m", "16", "--sample-cpu", .. events]),
            ["threads"] = InFile(30, ["--switch-events", "--namespaces", "--all-cgroups", "--buildid-mmap", "-d", "--phys-data", "-W", "-c", "50000", "-e", "{cpu-clock,page-faults}:S"]),
            ["lossy"] = InFile(40, ["-m", "1", "--sample-cpu", "-g", "-e", "PROBE", "-e", "cpu-clock/period=20000/"]),
            ["small"] = InFile(2, ["-k", "mono", "--sample-cpu", "-g", .. events]),
            ["small-packed"] = InFile(2, ["-z", "--sample-cpu", .. events]),
            ["small-pipe"] = InPipe(2, ["-k", "mono", "-z", "--sample-cpu", "--switch-events", "--namespaces", .. events]),
            ["small-stacks"] = InFile(10, ["--call-graph", "dwarf,256", "-e", "cpu-clock/freq=20000/", "-e", "sched:sched_switch"]),
        };
    }

    /// <summary>Names of the recordings that are compared with perf's own reading.</summary>
    public static TheoryData<string> Names => ["probes", "perf-clock", "frames", "stacks", "mixed", "packed", "pipe", "packed-pipe", "ring", "threads", "lossy"];

    /// <summary>The recorded program.</summary>
    public string Program => _program.Value;

    /// <summary>Name of the probe, <c>GROUP:EVENT</c>; its <c>format</c> file exists for as long as this object.</summary>
    public string Probe => _probe.Value;

    /// <summary>Path of a recording, made on the first call.</summary>
    public string this[string name]
    {
        get
        {
            SkipUnlessUsable();
            return _recordings[name].Value;
        }
    }

    /// <summary>Runs a shell command that writes to <c>OUTPUT</c>, with <c>PROBE</c> for the probe and <c>PROGRAM</c> for the program, whatever its exit code.</summary>
    public string Record(string command)
    {
        SkipUnlessUsable();
        string path = NewPath();
        (string From, string To)[] words = [("OUTPUT", path), ("PROBE", Probe), ("PROGRAM", Program)];
        Run("sh", ["-c", words.Aggregate(command, (text, word) => text.Replace(word.From, word.To, StringComparison.Ordinal))], expectsSuccess: false);
        return path;
    }

    public string NewPath() => Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));

    public static string FormatOf(string name) => File.ReadAllText($"{Tracing}/events/{name.Replace(':', '/')}/format");

    /// <summary>Runs a program and returns its output.</summary>
    public static string Run(string program, IReadOnlyList<string> arguments, bool expectsSuccess = true)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 || !expectsSuccess, $"{program} {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
        return output.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        if (_probe.IsValueCreated)
            Run("sh", ["-c", $"echo '-:{Probe.Replace(':', '/')}' >> {Tracing}/uprobe_events"]);
        _folder.Delete(recursive: true);
    }

    private static void SkipUnlessUsable()
    {
        Assert.SkipUnless(Environment.UserName == "root", "perf records with probes only for root");
        Assert.SkipUnless(Toolchain.TryFind(GoVersion) is not null, "no Go toolchain; run eng/toolchains.sh");
        if (!File.Exists($"{Tracing}/uprobe_events"))
            Run("mount", ["-t", "tracefs", "tracefs", Tracing]);
    }

    private static string Quote(string word) => $"'{word}'";

    private Lazy<string> InFile(int rounds, string[] arguments) => new(() =>
    {
        string path = NewPath();
        Run("perf", ["record", "-q", "-o", path, .. arguments.Select(Named), "--", Program, rounds.ToString(CultureInfo.InvariantCulture)]);
        return path;
    });

    private Lazy<string> InPipe(int rounds, string[] arguments) => new(() =>
    {
        string path = NewPath();
        Run("sh", ["-c", $"perf record -q -o - {string.Join(' ', arguments.Select(word => Quote(Named(word))))} -- {Program} {rounds} > {path}"]);
        return path;
    });

    private string Named(string word) => word == "PROBE" ? Probe : word;

    private string Build()
    {
        Toolchain toolchain = Toolchain.TryFind(GoVersion)!;
        string path = Path.Combine(_folder.FullName, "contention");
        ProcessStartInfo start = new(toolchain.Command, ["build", "-o", path, "."]) { WorkingDirectory = SourceFolder(), RedirectStandardError = true, UseShellExecute = false };
        toolchain.Configure(start.Environment);
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return path;
    }

    private string DefineProbe()
    {
        using GoBinary binary = GoBinary.Open(Program);
        // Behind the stack check, which sends the function back to its entry after the stack has grown: a probe there would count twice.
        ulong entry = Assert.Single(binary.FindFunctions(MapWriteFunction)).Entry;
        byte[] code = new byte[32];
        Assert.Equal(code.Length, binary.Read(entry, code));
        ulong address = entry + (ulong)code.AsSpan().IndexOf(s_frameStart);
        ElfSegment segment = binary.Elf.ProgramHeaders.Single(part => part.Type == ElfSegmentType.Load && part.HoldsInFile(address));
        int goid = StructLayouts.For(24, "amd64", [])!.Find("runtime.g")!.OffsetOf("goid")!.Value;
        ProbeName name = new(string.Create(CultureInfo.InvariantCulture, $"{ProbeName.GroupPrefix}tests_{Environment.ProcessId:x8}"), ProbeKind.MapWrite, 0);
        string place = string.Create(CultureInfo.InvariantCulture, $"{Program}:0x{(ulong)segment.Offset + address - segment.Address:x}");
        Run("sh", ["-c", $"echo 'p:{name.Group}/{name.Event} {place} goid=+{goid}(%r14):u64 obj=%bx:x64 type=%ax:x64 ret=+0(%sp):x64' >> {Tracing}/uprobe_events"]);
        return name.ToString();
    }

    private static string SourceFolder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "tests", "Faultline.Evidence.Tests", "Perf", "Programs", "contention");
            if (Directory.Exists(folder))
                return folder;
        }

        throw new DirectoryNotFoundException("no folder of the recorded program above the test program");
    }
}
