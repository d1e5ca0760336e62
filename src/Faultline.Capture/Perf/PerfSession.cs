using System.Diagnostics;
using System.Text;

namespace Faultline.Capture.Perf;

/// <summary>A running <c>perf record</c>, in a session of its own so that keys of the terminal do not reach it.</summary>
internal sealed class PerfSession : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(60);

    private readonly ControlPipe _control;
    private readonly ControlPipe _acknowledge;
    private readonly StringBuilder _messages = new();

    private PerfSession(Process process, ControlPipe control, ControlPipe acknowledge)
    {
        Process = process;
        _control = control;
        _acknowledge = acknowledge;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public Process Process { get; }

    public bool HasExited => Process.HasExited;

    /// <summary>What perf printed.</summary>
    public string Messages
    {
        get
        {
            lock (_messages)
                return _messages.ToString().Trim();
        }
    }

    /// <summary>Starts perf; it records nothing yet.</summary>
    /// <param name="command">What to record.</param>
    /// <param name="folder">For the pipes; on a file system that has them.</param>
    public static PerfSession Start(PerfCommand command, string folder)
    {
        ControlPipe control = ControlPipe.Create(Path.Combine(folder, "perf-control"));
        ControlPipe acknowledge = ControlPipe.Create(Path.Combine(folder, "perf-acknowledge"));
        ProcessStartInfo start = new("setsid", ["perf", .. command.Arguments(control.Path, acknowledge.Path)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new PerfSession(process, control, acknowledge);
    }

    /// <summary>Switches the events on, and waits until they are.</summary>
    /// <exception cref="RecordingUnavailableException">perf gave up; the message is its own.</exception>
    public void Enable()
    {
        _control.Write("enable");
        Stopwatch waited = Stopwatch.StartNew();
        while (!_acknowledge.TryRead(s_look))
        {
            if (Process.HasExited)
            {
                Process.WaitForExit();
                throw new RecordingUnavailableException($"perf did not start: {FirstLineOf(Messages)}");
            }

            if (waited.Elapsed > s_startLimit)
                throw new RecordingUnavailableException("perf does not answer. Versions before 5.10 lack 'perf record --control'; install one that has it.");
        }
    }

    /// <summary>Ends the recording and waits until the file is written; false when perf had to be killed, or had failed by itself.</summary>
    /// <remarks>
    /// By a word, not by a signal: perf looks at a signal twice in its loop, and one that comes between the two ends it before it has read its
    /// ring. The word is known since perf 5.12; older ones do not answer and get the signal.
    /// </remarks>
    public bool Stop()
    {
        _control.Write("stop");
        Stopwatch waited = Stopwatch.StartNew();
        bool isInterrupted = false;
        while (!Process.HasExited && !_acknowledge.TryRead(s_look) && !isInterrupted)
        {
            isInterrupted = waited.Elapsed > s_answerLimit;
            if (isInterrupted)
                Machine.Signals.Send(Process.Id, Machine.Signals.Interrupt);
        }

        if (!Process.WaitForExit(s_stopLimit))
        {
            Process.Kill();
            Process.WaitForExit();
            return false;
        }

        Process.WaitForExit();

        // perf writes its file, and then ends by the signal that it was given.
        const int Interrupted = 128 + Machine.Signals.Interrupt;
        return Process.ExitCode == 0 || (isInterrupted && Process.ExitCode == Interrupted);
    }

    public void Dispose()
    {
        _control.Dispose();
        _acknowledge.Dispose();
        Process.Dispose();
    }

    private static string FirstLineOf(string messages) =>
        messages.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it printed nothing";

    private void Keep(string? line)
    {
        const int MostCharacters = 64 * 1024;
        lock (_messages)
        {
            if (line is not null && _messages.Length < MostCharacters)
                _messages.Append(line).Append('\n');
        }
    }
}
