using Faultline.Binaries.Reading;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>A core that is open together with its program and what the runtime in it says.</summary>
internal sealed class CoreSession : IDisposable
{
    private readonly DiagnosticLog _log;

    private CoreSession(CoreDump dump, RuntimeState? state, DiagnosticLog log)
    {
        Dump = dump;
        _log = log;
        State = state!;
        Names = new FrameNames(dump.Binary, dump.LoadBias);
    }

    public CoreDump Dump { get; }

    public RuntimeState State { get; }

    public FrameNames Names { get; }

    public IReadOnlyList<Diagnostic> Diagnostics => [.. Dump.Diagnostics, .. _log.Items];

    /// <exception cref="UserErrorException">No goroutine can be read, so that nothing can be said of any.</exception>
    public void RequireGoroutines()
    {
        if (State.Goroutines.Count == 0)
            throw new UserErrorException(ExitCode.BadData, $"'{Dump.Core.Path}' holds no goroutine that can be read: {string.Join("; ", Diagnostics.Select(item => $"{item.Message} ({item.Id})"))}.");
    }

    /// <exception cref="UserErrorException">It cannot be read, or the program is missing or another one.</exception>
    public static CoreSession Open(string corePath, string? binaryPath, bool force, Caller? caller = null)
    {
        caller ??= Caller.Shell;
        using (InputFile.Open(corePath))
        {
        }

        CoreDump dump;
        try
        {
            dump = CoreDump.Open(corePath, new CoreOptions { BinaryPath = binaryPath, Force = force, DebugFiles = caller.DebugFiles, IsAllowed = caller.MayOpen });
        }
        catch (BinaryMismatchException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{error.BinaryPath}' is not the program that '{corePath}' is of: their build ids differ. Give the build that wrote the core; --force goes on with this one.");
        }
        catch (FileNotFoundException error)
        {
            throw new UserErrorException(ExitCode.InputMissing, $"{error.Message}.");
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{error.InputSource}' cannot be read ({error.Structure}: {error.Rule}).");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{corePath}' could not be read or unpacked: the device or file system reports an error, xz is not installed, or the temporary folder is full.");
        }

        DiagnosticLog log = new(corePath);
        try
        {
            RuntimeState? state = RuntimeState.TryAttach(dump.Binary, dump.LoadBias, dump.Memory, dump.Core.Threads, log);
            if (state is null)
                throw new UserErrorException(ExitCode.BadData, $"'{corePath}': {string.Join("; ", log.Items.Select(item => $"{item.Message} ({item.Id})"))}.");
            return new CoreSession(dump, state, log);
        }
        catch
        {
            dump.Dispose();
            throw;
        }
    }

    public void Dispose() => Dump.Dispose();
}
