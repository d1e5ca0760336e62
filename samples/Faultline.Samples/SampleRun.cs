using System.Diagnostics;

namespace Faultline.Samples;

/// <summary>One finished run of a sample. Owns a folder with the log and the ledger; disposing deletes it.</summary>
public sealed class SampleRun : IDisposable
{
    private static readonly string[] s_overriddenVariables = ["GOTRACEBACK", "GODEBUG", "GOMAXPROCS", "GOGC", "GORACE", "FAULTLINE_LEDGER"];

    private bool _isKept;

    private SampleRun(SampleBinary binary, string folder)
    {
        Binary = binary;
        Folder = folder;
    }

    public SampleBinary Binary { get; }

    /// <summary>Absolute path of the run's own folder, which is also the program's working directory.</summary>
    public string Folder { get; }

    /// <summary>What the program wrote to standard error: the crash log.</summary>
    public string LogPath => Path.Combine(Folder, "crash.log");

    /// <summary>The ledger file; exists only when the program keeps one and it was asked for.</summary>
    public string LedgerPath => Path.Combine(Folder, "ledger");

    /// <summary>Exit code; 128 + signal for a killed program. 2 is a Go crash.</summary>
    public int ExitCode { get; private set; }

    /// <summary>The program was killed because of <see cref="SampleRunOptions.TimeLimit"/>.</summary>
    public bool IsTimedOut { get; private set; }

    /// <summary>From start to exit.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="folder">Folder for the run, made when missing; null makes a temporary one.</param>
    public static SampleRun Run(SampleBinary binary, SampleRunOptions? options = null, string? folder = null)
    {
        options ??= new SampleRunOptions();
        SampleRun run = new(binary, folder is null ? Directory.CreateTempSubdirectory("faultline-run-").FullName : Directory.CreateDirectory(folder).FullName);
        run.Execute(options);
        return run;
    }

    /// <summary>Opens the ledger; null when the run has none.</summary>
    public Ledger? TryReadLedger() => File.Exists(LedgerPath) ? Ledger.Read(LedgerPath) : null;

    /// <summary>The headline and the goroutine that the log blames.</summary>
    public CrashHeadline? TryReadHeadline() => CrashHeadline.TryRead(LogPath);

    /// <summary>Who collided, by the ledger; null when the run has no ledger, did not crash, or its victim has no slot.</summary>
    public GroundTruth? TryFindTruth()
    {
        if (TryReadLedger() is not { } ledger || TryReadHeadline() is not { Goroutine: { } victim } headline)
            return null;
        GroundTruth? truth = GroundTruth.TryFind(ledger, Binary.Program, victim);
        // With -race the compiler turns m[k]++ into a read and a write, one ledger entry around both; the runtime's own words say in which it died.
        bool diedReading = Binary.Mode == BuildMode.Race && truth?.Victim.Operation == LedgerOperation.Write && headline.Text.EndsWith("map read and map write", StringComparison.Ordinal);
        return diedReading ? truth! with { Victim = truth.Victim with { Operation = LedgerOperation.Read } } : truth;
    }

    /// <summary>Deletes the ledger and leaves the rest of the folder to the caller: disposing does nothing from now on.</summary>
    public void Keep()
    {
        File.Delete(LedgerPath);
        _isKept = true;
    }

    public void Dispose()
    {
        if (!_isKept && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private void Execute(SampleRunOptions options)
    {
        string[] command = [.. options.Wrapper, Binary.Path, .. options.Arguments];
        ProcessStartInfo start = new(command[0])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (string argument in command.AsSpan(1))
            start.ArgumentList.Add(argument);
        SetEnvironment(start.Environment, options);

        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        using (FileStream log = new(LogPath, FileMode.Create, FileAccess.Write))
        {
            Task copy = process.StandardError.BaseStream.CopyToAsync(log);
            Task output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            IsTimedOut = !process.WaitForExit(options.TimeLimit);
            if (IsTimedOut)
                process.Kill(entireProcessTree: true);
            Task.WaitAll(copy, output);
        }
        process.WaitForExit();
        Duration = Stopwatch.GetElapsedTime(started);
        ExitCode = process.ExitCode;
    }

    private void SetEnvironment(IDictionary<string, string?> environment, SampleRunOptions options)
    {
        foreach (string name in s_overriddenVariables)
            environment.Remove(name);
        if (options.Traceback is not null)
            environment["GOTRACEBACK"] = options.Traceback;
        if (options.Debug is not null)
            environment["GODEBUG"] = options.Debug;
        if (options.KeepLedger)
            environment["FAULTLINE_LEDGER"] = LedgerPath;
        foreach ((string name, string value) in options.Environment)
            environment[name] = value;
    }
}
