using System.Diagnostics;
using Faultline.Capture.Perf;

namespace Faultline.Capture.Recording;

/// <summary>
/// A command that was started but waits for a word before it becomes the user's program: its process id is known, so that perf can be attached before
/// the program's first instruction. Standard input and output are the caller's own; standard error comes through here.
/// </summary>
internal sealed class HeldCommand : IDisposable
{
    // The shell becomes the program, in the same process. If the recorder dies, reading fails and nothing is started.
    private const string Script = """pipe=$1; shift; read -r word < "$pipe" || exit 125; exec "$@" """;

    private readonly ControlPipe _hold;

    private HeldCommand(Process process, ControlPipe hold)
    {
        Process = process;
        _hold = hold;
    }

    public Process Process { get; }

    public static HeldCommand Start(IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment, string folder)
    {
        ControlPipe hold = ControlPipe.Create(Path.Combine(folder, "hold"));
        ProcessStartInfo start = new("/bin/sh", ["-c", Script, "faultline-hold", hold.Path, .. command]) { UseShellExecute = false, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return new HeldCommand(Process.Start(start)!, hold);
    }

    public void Release() => _hold.Write("go");

    public void Dispose()
    {
        _hold.Dispose();
        Process.Dispose();
    }
}
