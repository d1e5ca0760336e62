using System.Collections.Concurrent;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Programs;

/// <summary>A parked sample as its core shows it. Opened once for every build and kept until the tests end.</summary>
public sealed class ParkedProcess
{
    private static readonly ConcurrentDictionary<(string, string, BuildMode, bool, string), Lazy<ParkedProcess>> s_opened = new();

    private ParkedProcess(ParkedCore core, CoreDump dump)
    {
        Core = core;
        Dump = dump;
        var log = new DiagnosticLog(core.CorePath);
        State = RuntimeState.TryAttach(dump.Binary, dump.LoadBias, dump.Memory, dump.Core.Threads, log) ?? throw new InvalidOperationException(string.Join('\n', log.Items));
    }

    public ParkedCore Core { get; }

    public CoreDump Dump { get; }

    public RuntimeState State { get; }

    /// <summary>Releases and build modes that the objects are looked at in. A stripped program is the plain one with its symbols removed.</summary>
    public static TheoryData<string, BuildMode, bool> Matrix()
    {
        var data = new TheoryData<string, BuildMode, bool>();
        foreach (var toolchain in Toolchain.All)
        {
            data.Add(toolchain.Name, BuildMode.Plain, false);
            data.Add(toolchain.Name, BuildMode.Plain, true);
        }

        data.Add("1.24", BuildMode.NoSwissMap, false);
        data.Add("1.25", BuildMode.NoSwissMap, true);
        data.Add("1.23", BuildMode.Pie, true);
        data.Add("1.27", BuildMode.Pie, false);
        return data;
    }

    public static ParkedProcess Objects(string version, BuildMode mode = BuildMode.Plain, bool isStripped = false) => Open("objects", version, mode, isStripped);

    public static ParkedProcess Open(string name, string version, BuildMode mode, bool isStripped, params string[] arguments) =>
        s_opened.GetOrAdd((name, version, mode, isStripped, string.Join(' ', arguments)), key => new(() =>
        {
            var toolchain = Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing: run eng/toolchains.sh");
            var core = ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked(name), toolchain, mode), arguments);
            var binary = isStripped ? Strip(core.Binary.Path) : core.Binary.Path;
            return new ParkedProcess(core, CoreDump.Open(core.CorePath, new CoreOptions { BinaryPath = binary }));
        })).Value;

    /// <summary>The program without symbols and DWARF; everything else stays where it was, so the core fits it too.</summary>
    private static string Strip(string path)
    {
        var stripped = path + ".stripped";
        if (!File.Exists(stripped))
        {
            var unfinished = $"{stripped}.{Guid.NewGuid():N}";
            Tool.Run("strip", "-o", unfinished, path);
            File.Move(unfinished, stripped, overwrite: true);
        }

        return stripped;
    }

    public Truth ReadTruth() => Truth.Read(Core.TruthPath);
}
