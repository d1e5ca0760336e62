using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Carriers;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Races;

/// <summary>The sample <c>parked/raceslices</c> after its race, waiting, with the detector's log and a core of it. Gone with this.</summary>
internal sealed class RacedProcess : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private CoreDump? _dump;

    private RacedProcess(Process process, string folder, string binary)
    {
        _process = process;
        _folder = folder;
        BinaryPath = binary;
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "truth")));
        JsonElement said = truth.RootElement;
        Address = said.GetProperty(nameof(Address)).GetUInt64();
        Array = said.GetProperty(nameof(Array)).GetUInt64();
        ArrayIndex = said.GetProperty(nameof(ArrayIndex)).GetInt64();
        foreach (JsonElement slice in said.GetProperty(nameof(Slices)).EnumerateArray())
        {
            SliceSpan span = new(slice.GetProperty("Name").GetString()!, slice.GetProperty("Pointer").GetUInt64(), slice.GetProperty("Length").GetInt64(), slice.GetProperty("Capacity").GetInt64(), slice.GetProperty("Size").GetInt64());
            Slices.Add((span, slice.GetProperty("Index").GetInt64()));
        }
    }

    public static SampleProgram Program { get; } = SampleProgram.FindParked("raceslices");

    public int ProcessId => _process.Id;

    public string BinaryPath { get; }

    public ulong Address { get; }

    public ulong Array { get; }

    public long ArrayIndex { get; }

    public List<(SliceSpan Slice, long Index)> Slices { get; } = [];

    /// <summary>As the detector names it: it ends in the process's id.</summary>
    public string LogPath => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"race.{_process.Id}"));

    public string CorePath => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"core.{_process.Id}"));

    public static RacedProcess Start(string version, string kind, BuildMode mode = BuildMode.Race)
    {
        SampleBinary binary = SampleBinary.Build(Program, Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing: run eng/toolchains.sh"), mode);
        string folder = Directory.CreateTempSubdirectory("faultline-raced-").FullName;
        ProcessStartInfo start = new(binary.Path, [Path.Combine(folder, "truth"), kind]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["GORACE"] = $"log_path={Path.Combine(folder, "race")}";
        Process process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(s_limit);
            Assert.Equal("ready", process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult());
            return new RacedProcess(process, folder, binary.Path);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Takes the core, once.</summary>
    public RaceMemory TakeCore()
    {
        if (_dump is null)
        {
            using Process tool = Process.Start(new ProcessStartInfo("gcore", ["-o", Path.Combine(_folder, "core"), _process.Id.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = tool.StandardError.ReadToEndAsync();
            tool.StandardOutput.ReadToEnd();
            tool.WaitForExit();
            Assert.True(tool.ExitCode == 0, errors.GetAwaiter().GetResult());
            _dump = CoreDump.Open(CorePath, new CoreOptions { BinaryPath = BinaryPath });
        }

        DiagnosticLog log = new(CorePath);
        RuntimeState state = RuntimeState.TryAttach(_dump.Binary, _dump.LoadBias, _dump.Memory, _dump.Core.Threads, log) ?? throw new InvalidOperationException(string.Join('\n', log.Items));
        return new RaceMemory(CorePath, state, _dump.Core.Process?.ProcessId, IsLive: false, []);
    }

    /// <param name="edit">What the log would say otherwise.</param>
    public RaceFinding Explain(RaceMemory memory, string? source = null, Func<string, string>? edit = null)
    {
        string text = File.ReadAllText(LogPath);
        using MemoryStream log = new(Encoding.UTF8.GetBytes(edit is null ? text : edit(text)));
        return RaceExplainer.Explain(new RaceInputs { Logs = LogReader.Parse(log, source ?? LogPath), Binary = memory.State.Binary, Memory = memory }).Findings[0];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _dump?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
