using System.Globalization;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Capture.Catching;

/// <summary>A shell process that lets a stopped process go on should faultline be killed while it looks at it.</summary>
internal sealed class GoOnGuard : IDisposable
{
    private const string Script =
        """
        trap '' HUP INT TERM QUIT PIPE
        read -r word
        [ "$word" = done ] || kill -CONT "$1"
        """;

    private readonly AnonymousPipeServerStream _word = new(PipeDirection.Out, HandleInheritability.None);

    private GoOnGuard(int processId)
    {
        using SafePipeHandle hears = _word.ClientSafePipeHandle;
        using FileStream nowhere = new("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        nint nothing = nowhere.SafeFileHandle.DangerousGetHandle();
        ChildProcess.Start(
            ["/bin/sh", "-c", Script, "faultline-guard", processId.ToString(CultureInfo.InvariantCulture)],
            [(hears.DangerousGetHandle(), 0), (nothing, 1), (nothing, 2)],
            [],
            ownSession: true);
    }

    public static GoOnGuard Start(int processId) => new(processId);

    public void Dispose()
    {
        try
        {
            _word.Write("done\n"u8);
        }
        catch (IOException)
        {
            // Someone killed it.
        }

        _word.Dispose();
    }
}
