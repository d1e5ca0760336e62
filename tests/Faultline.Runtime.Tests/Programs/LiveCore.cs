using System.Diagnostics;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Tests.Programs;

/// <summary>A core of any program, taken while it runs, and gone with this.</summary>
internal sealed class LiveCore : IDisposable
{
    private readonly string _folder;

    private LiveCore(string folder, string corePath, string binaryPath)
    {
        _folder = folder;
        Dump = CoreDump.Open(corePath, new CoreOptions { BinaryPath = binaryPath });
        var log = new DiagnosticLog(corePath);
        State = RuntimeState.TryAttach(Dump.Binary, Dump.LoadBias, Dump.Memory, Dump.Core.Threads, log) ?? throw new InvalidOperationException(string.Join('\n', log.Items));
    }

    public CoreDump Dump { get; }

    public RuntimeState State { get; }

    /// <param name="prepare">Returns when the program is as it should be; its standard output is for it to read.</param>
    public static LiveCore Take(string binaryPath, IReadOnlyList<string> arguments, Action<Process> prepare)
    {
        var folder = Directory.CreateTempSubdirectory("faultline-core-").FullName;
        using var process = Process.Start(new ProcessStartInfo(binaryPath, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder })!;
        try
        {
            prepare(process);
            Tool.Run("gcore", "-o", Path.Combine(folder, "core"), process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return new LiveCore(folder, Path.Combine(folder, $"core.{process.Id}"), binaryPath);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Dump.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
