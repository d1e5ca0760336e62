using Faultline.Binaries;
using Faultline.Binaries.Reading;
using Faultline.Capture.Bundles;
using Faultline.Cli.Cores;
using Faultline.Diagnosis.Memory;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Tracebacks;
using Faultline.Runtime.Cores;

namespace Faultline.Cli;

/// <summary>All inputs of one run, read: the logs parsed, the binary open.</summary>
internal sealed class InputSet : IDisposable
{
    private readonly List<TracebackLog> _logs = [];
    private readonly List<Recording> _recordings = [];
    private readonly List<BundleInput> _bundles = [];
    private readonly List<CoreSession> _cores = [];
    private readonly List<EscapeIndex> _builds = [];
    private readonly List<RecordedHeaders> _sliceHeaders = [];

    private readonly Caller _caller;

    private InputSet(Caller caller) => _caller = caller;

    /// <summary>The logs in the order of the inputs; an input with several streams gives one for each that crashed.</summary>
    public IReadOnlyList<TracebackLog> Logs => _logs;

    /// <summary>The recordings in the order of the inputs, each read to its end.</summary>
    public IReadOnlyList<Recording> Recordings => _recordings;

    /// <summary>Slice headers in the recordings, for the accesses of the logs' race reports.</summary>
    public IReadOnlyList<RecordedHeaders> SliceHeaders => _sliceHeaders;

    /// <summary>What the compiler said while it built the program, in the order of the inputs.</summary>
    public IReadOnlyList<EscapeIndex> Builds => _builds;

    /// <summary>The cores in the order of the inputs, open.</summary>
    public IReadOnlyList<CoreSession> Cores => _cores;

    /// <summary>The memories in the cores.</summary>
    public IReadOnlyList<MemoryImage> Memories => [.. _cores.Select(core => new MemoryImage(core.Dump.Core.Path, core.State) { Diagnostics = core.Dump.Core.Diagnostics })];

    public GoBinary? Binary { get; private set; }

    /// <summary>Opens and reads the inputs in the order given; standard input when there is no log among them.</summary>
    /// <exception cref="UserErrorException">An input is missing, unreadable or one too many.</exception>
    /// <param name="names">Paths, bundles, or <c>-</c>.</param>
    /// <param name="binaryPath">The program; null to take it from the inputs.</param>
    /// <param name="force">Go on with a program that is not the one of a core.</param>
    /// <param name="takesStandardInput">False to refuse inputs that are programs only, instead of looking for a log in standard input.</param>
    /// <param name="caller">Who asks; null for the user of the command line.</param>
    public static InputSet Open(IReadOnlyList<string> names, string? binaryPath, bool force = false, bool takesStandardInput = true, Caller? caller = null)
    {
        if (names.Count(name => name == "-") > 1)
            throw new UserErrorException(ExitCode.Usage, "'-' is given twice, but there is one standard input. Give it once.");
        InputSet inputs = new(caller ?? Caller.Shell);
        try
        {
            names = [.. names.SelectMany(inputs.OpenBundle)];
            List<string> cores = [.. names.Where(CoreFile.IsCore)];
            names = [.. names.Except(cores, StringComparer.Ordinal)];
            // The cheap look first: a wrong path should not be found out after a long read.
            List<InputFile> files = [];
            try
            {
                foreach (string name in names)
                    files.Add(InputFile.Open(name));
                binaryPath = ChooseBinary(files, binaryPath) ?? inputs._bundles.Select(bundle => bundle.BinaryPath).FirstOrDefault(path => path is not null);
                if (binaryPath is not null)
                    inputs.Binary = OpenBinary(binaryPath);
                foreach (string core in cores)
                    inputs._cores.Add(CoreSession.Open(core, binaryPath, force, inputs._caller));
                inputs.Binary ??= inputs._cores.Count > 0 ? OpenBinary(inputs._cores[0].Dump.Binary.Path) : null;
                if (cores.Count == 0 && files.TrueForAll(file => file.Kind == InputKind.Binary))
                    files.Add(OpenStandardInput(binaryPath, takesStandardInput));
                foreach (InputFile file in files.Where(file => file.Kind == InputKind.Log))
                    inputs.ReadText(file);
                foreach (InputFile file in files.Where(file => file.Kind == InputKind.Recording))
                    inputs._recordings.Add(inputs.ReadRecording(file));
            }
            finally
            {
                files.ForEach(file => file.Dispose());
            }

            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    /// <summary>Opens the program that crashed.</summary>
    /// <exception cref="UserErrorException">It is missing or no program that can be read.</exception>
    public static GoBinary OpenBinary(string path)
    {
        try
        {
            return GoBinary.Open(path);
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' is no 64-bit ELF program that can be read ({error.Structure}: {error.Rule}). Give the Go binary that crashed.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(ExitCode.InputMissing, $"there is no binary '{path}'. Check the path given to --binary.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"the binary '{path}' may not be read by this user, or it is a folder.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"the binary '{path}' could not be read: the device or file system reports an error.");
        }
    }

    public void Dispose()
    {
        Binary?.Dispose();
        _cores.ForEach(core => core.Dispose());
        _bundles.ForEach(bundle => bundle.Dispose());
    }

    private static InputFile OpenStandardInput(string? binaryPath, bool isTaken)
    {
        if (!isTaken && binaryPath is not null)
            throw new UserErrorException(ExitCode.Usage, $"'{binaryPath}' is a program, not a dump. Give a log, a core, a bundle or the id of a process, and the program with --binary.");
        if (Console.IsInputRedirected)
            return InputFile.Open("-");
        throw new UserErrorException(ExitCode.Usage, binaryPath is null
            ? "nothing to read. Give a crash log: 'faultline diagnose crash.log ./app', or pipe one in: './app 2>&1 | faultline'. More: 'faultline diagnose --help'"
            : $"'{binaryPath}' is the program; give its crash log as well: 'faultline diagnose crash.log {binaryPath}'");
    }

    private static string? ChooseBinary(List<InputFile> files, string? binaryPath)
    {
        foreach (InputFile file in files)
        {
            string? refusal = file.Kind switch
            {
                InputKind.Core => $"'{file.Name}' is a core dump; it cannot be read from a pipe.",
                InputKind.Binary when file.IsStandardInput || file.Size is null => "a binary cannot be read from a pipe. Give its path with --binary.",
                _ => null,
            };
            if (refusal is not null)
                throw new UserErrorException(ExitCode.BadData, refusal);
            if (file.Kind != InputKind.Binary)
                continue;
            if (binaryPath is not null)
                throw new UserErrorException(ExitCode.Usage, $"two binaries are given, '{binaryPath}' and '{file.Name}'. Give the one that crashed.");
            binaryPath = file.Name;
        }

        return binaryPath;
    }

    /// <summary>The files of a bundle; other inputs as they are.</summary>
    private IEnumerable<string> OpenBundle(string name)
    {
        if (name == "-" || !Bundle.IsBundle(name))
            return [name];
        BundleInput bundle = BundleInput.Open(name);
        _bundles.Add(bundle);
        return bundle.Files;
    }

    private Recording ReadRecording(InputFile file)
    {
        BundleInput? bundle = _bundles.Find(bundle => bundle.Holds(file.Name));
        using PerfRecording recording = file.OpenRecording(bundle?.Options);
        Recording read = RecordingReader.Read(recording, Binary, bundle?.Plan);
        if (bundle is { SliceProbes: { Count: > 0 } probes })
            _sliceHeaders.Add(RecordedHeaders.Read(recording, read, probes, bundle.Plan.LoadBias ?? 0, bundle.LogPath, RacedAddresses()));
        return read;
    }

    private IEnumerable<ulong> RacedAddresses() =>
        _logs.SelectMany(log => log.Races.Groups).SelectMany(group => group.Places).SelectMany(place => place.Example.Accesses).Select(access => access.Address);

    /// <summary>
    /// A log, the compiler's output, or both in one file: a first look tells, else a log without crash and races is read again. Standard input can be read
    /// once only.
    /// </summary>
    private void ReadText(InputFile file)
    {
        bool isBuild = file.LooksLikeBuild();
        if (isBuild)
            AddBuild(file);
        if (isBuild && !file.IsRereadable)
            return;
        IReadOnlyList<TracebackLog> logs = isBuild ? ReadAgain(file, ReadLogs) : ReadLogs(file);
        bool isEmpty = logs.All(log => log.Reports.Count == 0 && log.Races.ReportCount == 0);
        if (isEmpty && (isBuild || (file.IsRereadable && ReadAgain(file, AddBuild))))
            return;
        _logs.AddRange(logs);
    }

    private bool AddBuild(InputFile file)
    {
        using ProgressLine progress = new(file.Name, file.Size);
        EscapeLog log = file.ReadBuild(new EscapeLogOptions(), done => Report(progress, done));
        if (log.FactCount > 0)
            _builds.Add(new EscapeIndex(log));
        return log.FactCount > 0;
    }

    private void Report(ProgressLine progress, long done)
    {
        _caller.Cancellation.ThrowIfCancellationRequested();
        progress.Report(done);
    }

    private static T ReadAgain<T>(InputFile file, Func<InputFile, T> read)
    {
        using InputFile again = InputFile.Open(file.Name);
        return read(again);
    }

    private IReadOnlyList<TracebackLog> ReadLogs(InputFile file)
    {
        using ProgressLine progress = new(file.Name, file.Size);
        return file.ReadLogs(done => Report(progress, done));
    }
}
