using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf.Probes;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Recordings.Samples;

/// <summary>The program <c>Programs/workers</c>, recorded by perf. Disposing deletes what was made, the probe among it.</summary>
internal sealed class WorkersRecording : IDisposable
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string MapWriteFunction = "runtime.mapassign_fast64";

    private static readonly byte[] s_frameStart = [0x55, 0x48, 0x89, 0xe5]; // push %rbp; mov %rsp,%rbp

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-workers-");
    private readonly Toolchain _toolchain;
    private string? _probe;

    /// <param name="toolchain">Builds the program.</param>
    /// <param name="flags">Of the build.</param>
    public WorkersRecording(Toolchain toolchain, params string[] flags)
    {
        _toolchain = toolchain;
        ProcessStartInfo start = new(toolchain.Command, ["build", .. flags, "-o", Program, "."])
        {
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Recordings", "Samples", "Programs", "workers"),
        };
        toolchain.Configure(start.Environment);
        Run(start);
    }

    public string Program => Path.Combine(_folder.FullName, "workers");

    public string Data => Path.Combine(_folder.FullName, "perf.data");

    /// <summary>Defines a probe on the program's map writes that reads the goroutine's id, and gives its name for <c>perf record -e</c>.</summary>
    public string AddProbe()
    {
        Assert.SkipUnless(Environment.UserName == "root", "probes need root");
        if (!File.Exists($"{Tracing}/uprobe_events"))
            Run(new ProcessStartInfo("mount", ["-t", "tracefs", "tracefs", Tracing]));
        using GoBinary binary = GoBinary.Open(Program);
        ulong entry = Assert.Single(binary.FindFunctions(MapWriteFunction)).Entry;
        byte[] code = new byte[48];
        binary.Read(entry, code);
        // Behind the stack check, where the function comes by once; Go 1.19 has no such place, and its entry does as well here.
        ulong address = entry + (ulong)Math.Max(0, code.AsSpan().IndexOf(s_frameStart));
        ElfSegment segment = binary.Elf.ProgramHeaders.Single(part => part.Type == ElfSegmentType.Load && part.HoldsInFile(address));
        int goid = StructLayouts.For(binary.BuildInfo!.Release!.Value, "amd64", [])!.Find("runtime.g")!.OffsetOf("goid")!.Value;
        ProbeName name = new($"{ProbeName.GroupPrefix}samples_{Environment.ProcessId:x8}_{_toolchain.Version.Minor}", ProbeKind.MapWrite, 0);
        string definition = $"p:{name.Group}/{name.Event} {Program}:0x{(ulong)segment.Offset + address - segment.Address:x} goid=+{goid}(%r14):u64 obj=%bx:x64";
        File.AppendAllText($"{Tracing}/uprobe_events", definition + "\n");
        _probe = name.ToString();
        return _probe;
    }

    public void Record(params string[] arguments) => Run(new ProcessStartInfo("perf", ["record", "-q", "-o", Data, .. arguments, "--", Program]));

    public void Dispose()
    {
        if (_probe is not null)
            File.AppendAllText($"{Tracing}/uprobe_events", $"-:{_probe.Replace(':', '/')}\n");
        _folder.Delete(recursive: true);
    }

    private static void Run(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{start.FileName}: {errors}");
    }
}
