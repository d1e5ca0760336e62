using System.Diagnostics;
using System.Globalization;
using Faultline.Runtime.Live;

namespace Faultline.Runtime.Tests.Live;

/// <summary>
/// A running program that is looked at from outside. A shell stands between: .NET waits for the processes that it starts, and would take the stops of
/// one that is traced for its end.
/// </summary>
internal sealed class Subject : IDisposable
{
    private const string Script = """exec 3<&0; "$@" <&3 & echo $!; wait $!""";

    private readonly Process _shell;

    private Subject(Process shell)
    {
        _shell = shell;
        Id = int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        Assert.Equal("ready", shell.StandardOutput.ReadLine());
    }

    public int Id { get; }

    public static Subject Start(string program, params string[] arguments) => new(Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", program, .. arguments])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!);

    /// <summary>Nobody holds it, it does what it is asked, and it ends as it wants to.</summary>
    public void AssertFree()
    {
        Assert.Equal(0, ProcessFiles.StatusNumber(Id, "TracerPid"));
        _shell.StandardInput.WriteLine("ping");
        Assert.Equal("pong", _shell.StandardOutput.ReadLine());
        _shell.StandardInput.WriteLine("exit 7");
        _shell.WaitForExit();
        Assert.Equal(7, _shell.ExitCode);
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
        {
            using var program = Process.GetProcessById(Id);
            program.Kill();
            _shell.WaitForExit();
        }

        _shell.Dispose();
    }
}
