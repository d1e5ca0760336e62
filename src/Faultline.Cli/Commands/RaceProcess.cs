using System.Globalization;
using Faultline.Binaries;
using Faultline.Cli.Cores;
using Faultline.Diagnosis.Races;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;

namespace Faultline.Cli.Commands;

/// <summary>A running process that printed race reports, held still while its slices are looked for.</summary>
internal sealed class RaceProcess : IDisposable
{
    private const int MostOpenFiles = 65_536;

    private readonly LiveProcess _process;

    private RaceProcess(LiveProcess process, RaceMemory memory)
    {
        _process = process;
        Memory = memory;
    }

    public RaceMemory Memory { get; }

    public GoBinary Binary => _process.Binary;

    /// <summary>The process id among the inputs; null when there is none. A file of that name is a file.</summary>
    public static int? Find(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0 && !Path.Exists(name))
                return id;
        }

        return null;
    }

    /// <exception cref="UserErrorException">There is no such process, it may not be held, or it is no Go program that is known.</exception>
    public static RaceProcess Open(int id)
    {
        // Read before it stands still.
        IReadOnlyList<string> files = OpenFiles(id);
        LiveProcess? process = null;
        try
        {
            process = LiveProcess.Open(id);
            RuntimeState state = RuntimeState.TryAttach(process.Binary, process.LoadBias, process.Memory, process.Threads, process.Log)
                ?? throw new UserErrorException(ExitCode.BadData, $"process {id}: {string.Join("; ", process.Diagnostics.Select(item => $"{item.Message} ({item.Id})"))}.");
            RaceProcess held = new(process, new RaceMemory($"process {id}", state, id, IsLive: true, files));
            process = null;
            return held;
        }
        catch (ProcessUnavailableException error)
        {
            throw new UserErrorException(error.IsMissing ? ExitCode.InputMissing : ExitCode.Unavailable, $"{error.Message.TrimEnd('.')}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"the program of process {id} could not be read.");
        }
        finally
        {
            process?.Dispose();
        }
    }

    public static RaceMemory OfCore(CoreSession core) =>
        new(core.Dump.Core.Path, core.State, core.Dump.Core.Process?.ProcessId, IsLive: false, []);

    public void LetGo() => _process.LetGo();

    public void Dispose() => _process.Dispose();

    private static List<string> OpenFiles(int id)
    {
        List<string> files = [];
        try
        {
            foreach (string link in Directory.EnumerateFiles($"/proc/{id}/fd").Take(MostOpenFiles))
            {
                if (File.ResolveLinkTarget(link, returnFinalTarget: false) is { } target)
                    files.Add(target.FullName);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended, or is another user's: then the files say nothing.
        }

        return files;
    }
}
