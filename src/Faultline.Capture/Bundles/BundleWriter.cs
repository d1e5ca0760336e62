using System.Formats.Tar;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Capture.Catching;
using Faultline.Capture.Machine;
using Faultline.Capture.Probes;
using Faultline.Capture.Recording;
using Faultline.Evidence.Perf.Probes;
using ZstdSharp;

namespace Faultline.Capture.Bundles;

/// <summary>A bundle in the making: a folder that fills while the program runs.</summary>
public sealed class BundleWriter
{
    private const string ArchiveEnding = ".tar.zst";

    private static string Version => (typeof(BundleWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];

    private readonly string? _archivePath;

    private BundleWriter(string folder, string? archivePath)
    {
        Folder = folder;
        _archivePath = archivePath;
    }

    /// <summary>Where the files are.</summary>
    public string Folder { get; }

    /// <summary>Makes the folder.</summary>
    /// <param name="path">As the user gave it: a folder, or an archive by its ending; null names it after the program and the time.</param>
    /// <param name="program">The program's path.</param>
    /// <exception cref="RecordingUnavailableException">It exists already, or cannot be made.</exception>
    public static BundleWriter Create(string? path, string program)
    {
        path ??= string.Create(CultureInfo.InvariantCulture, $"faultline-{Path.GetFileName(program)}-{DateTime.Now:yyyyMMdd-HHmmss}");
        bool isArchive = path.EndsWith(ArchiveEnding, StringComparison.Ordinal);
        string folder = isArchive ? path + ".part" : path;
        if (Directory.Exists(folder) || File.Exists(path))
            throw new RecordingUnavailableException($"'{(File.Exists(path) ? path : folder)}' exists already. Give another name with -o, or remove it.");
        try
        {
            // A recording holds the program's output: it is nobody else's business.
            DirectoryInfo made = Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
                made.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecordingUnavailableException($"the folder '{folder}' cannot be made: {error.Message}");
        }

        return new BundleWriter(folder, isArchive ? path : null);
    }

    /// <summary>Adds what describes the recording, and the program's tables.</summary>
    /// <param name="plan">The plan it was made by.</param>
    /// <param name="command">The command; empty for a process that ran already.</param>
    /// <param name="result">How it went.</param>
    /// <param name="withBinary">Keep the whole program.</param>
    /// <returns>What could not be written, a sentence each.</returns>
    public IReadOnlyList<string> Describe(RecordPlan plan, IReadOnlyList<string> command, RecordResult result, bool withBinary)
    {
        List<string> problems = [];
        GoBinary binary = plan.Probes.Target.Binary;
        string? program = Try(problems, "the program's tables", () => WriteProgram(binary, withBinary));
        Try(problems, "the description of the machine", () => WriteJson(BundleNames.Machine, MachineDescription.Read(), BundleJson.Written.MachineFacts));
        Try(problems, "the description of the recording", () =>
            WriteJson(BundleNames.Manifest, Manifest(plan, command, result, program, [.. result.Problems, .. problems]), BundleJson.Written.BundleManifest));
        return problems;
    }

    /// <summary>Adds what describes a program that was caught, and its tables.</summary>
    /// <param name="binary">The program.</param>
    /// <param name="path">Where it lay.</param>
    /// <param name="command">The command; empty for a process that ran already.</param>
    /// <param name="start">When the watching began.</param>
    /// <param name="result">How it went.</param>
    /// <param name="isWhole">The core has all memory.</param>
    /// <param name="missing">What the core lacks, a sentence each.</param>
    /// <returns>What could not be written, a sentence each.</returns>
    public IReadOnlyList<string> Describe(
        GoBinary binary, string path, IReadOnlyList<string> command, DateTimeOffset start, CatchResult result, bool isWhole, IReadOnlyList<string> missing)
    {
        List<string> problems = [];
        string? program = Try(problems, "the program's tables", () => WriteProgram(binary, withBinary: false));
        Try(problems, "the description of the machine", () => WriteJson(BundleNames.Machine, MachineDescription.Read(), BundleJson.Written.MachineFacts));
        Try(problems, "the description of the catch", () => WriteJson(
            BundleNames.Manifest,
            new BundleManifest(
                BundleManifest.CurrentSchema, Version, "catch", command, result.ProcessId, result.ExitCode, start, DateTimeOffset.UtcNow, new BundleClock("CLOCK_MONOTONIC", MonotonicClock.Now()), RingSize: 0,
                ProgramOf(binary, path, result.Fault?.LoadBias, program), new BundleCoverage(WritesComplete: false, MapType: null, []), [], [], [.. missing, .. problems],
                result.Fault is { } fault ? CatchOf(fault, isWhole) : null),
            BundleJson.Written.BundleManifest));
        return problems;
    }

    /// <summary>Makes the archive, when one was asked for, and takes the folder away; returns the path of the whole.</summary>
    /// <exception cref="IOException">The archive cannot be written; the folder is left.</exception>
    public string Close()
    {
        if (_archivePath is null)
            return Folder;
        using (FileStream file = new(_archivePath, FileMode.CreateNew, FileAccess.Write))
        using (CompressionStream packed = new(file, level: 3))
        using (TarWriter tar = new(packed, TarEntryFormat.Pax))
        {
            foreach (string path in Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal))
                tar.WriteEntry(path, Path.GetFileName(path));
        }

        Directory.Delete(Folder, recursive: true);
        return _archivePath;
    }

    /// <summary>Takes away what was begun.</summary>
    public void Discard() => Directory.Delete(Folder, recursive: true);

    private string WriteProgram(GoBinary binary, bool withBinary)
    {
        string name = withBinary ? BundleNames.Binary : BundleNames.Symbols;
        string path = Path.Combine(Folder, name);
        try
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
            if (!withBinary)
            {
                StrippedElf.Write(binary.Elf, file);
                return name;
            }

            using FileStream whole = new(binary.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            whole.CopyTo(file);
            return name;
        }
        catch (IOException)
        {
            // Half a program would be taken for one.
            File.Delete(path);
            throw;
        }
    }

    private string WriteJson<T>(string name, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using FileStream file = new(Path.Combine(Folder, name), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, value, type);
        file.Write("\n"u8);
        return name;
    }

    private static string? Try(List<string> problems, string what, Func<string> write)
    {
        try
        {
            return write();
        }
        catch (IOException error)
        {
            problems.Add(error is MalformedDataException ? $"{what} could not be kept: the file breaks a rule of its format" : $"{what} could not be kept: {error.Message}");
            return null;
        }
    }

    private static BundleManifest Manifest(RecordPlan plan, IReadOnlyList<string> command, RecordResult result, string? program, IReadOnlyList<string> problems)
    {
        GoBinary binary = plan.Probes.Target.Binary;
        ProbeCoverage coverage = plan.Probes.Coverage;
        return new BundleManifest(
            BundleManifest.CurrentSchema,
            Version,
            PlanText.ModeName(plan.Mode),
            command,
            result.ProcessId,
            result.ExitCode,
            result.Start,
            result.End,
            new BundleClock("CLOCK_MONOTONIC", result.StartMonotonic),
            plan.Perf.RingSize,
            ProgramOf(binary, result.ProgramPath, result.LoadBias, program),
            new BundleCoverage(coverage.WritesAreComplete, coverage.MapType.Length > 0 ? coverage.MapType : null, coverage.Gaps),
            [.. plan.Probes.Points.Select(point => new BundleProbe(new ProbeName(plan.Probes.Group, point.Kind, point.Index).ToString(), Hex(point.Address), point.Function, point.Place, point.IsCallSite, SlicesOf(point)))],
            [.. result.Formats.Select(format => new BundleFormat(format.Key, format.Value))],
            problems);
    }

    private static IReadOnlyList<BundleSlice>? SlicesOf(ProbePoint point) =>
        point.Slices.Count == 0 ? null : [.. point.Slices.Select(slice => new BundleSlice(slice.Name, slice.ElementSize))];

    private static BundleProgram ProgramOf(GoBinary binary, string path, ulong? loadBias, string? file) => new(
        path, binary.BuildInfo?.GoVersion, binary.Architecture, binary.GoBuildId, binary.GnuBuildId, loadBias is { } bias ? Hex(bias) : null, file);

    private static BundleCatch CatchOf(CaughtFault fault, bool isWhole) => new(
        fault.Point.Function, fault.ThreadId, fault.Threads.Count, fault.MissedCount, fault.AlsoRaised, Math.Round(fault.Latency.TotalMicroseconds, 1), isWhole);

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
