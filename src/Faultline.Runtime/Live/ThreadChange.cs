using System.Runtime.InteropServices;

namespace Faultline.Runtime.Live;

/// <summary>What <c>waitpid</c> says of a thread.</summary>
/// <param name="ThreadId">The thread; for a process that ended, its id.</param>
/// <param name="Status">As the kernel packs it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadChange(int ThreadId, int Status)
{
    private const int StoppedMark = 0x7f;

    /// <summary>It stands still.</summary>
    public bool IsStopped => (Status & 0xff) == StoppedMark;

    /// <summary>It is gone.</summary>
    public bool IsEnded => !IsStopped;

    /// <summary>The exit code of what is gone; 128 + signal when one killed it, as shells have it.</summary>
    public int ExitCode => (Status & 0x7f) == 0 ? (Status >> 8) & 0xff : 128 + (Status & 0x7f);

    /// <summary>The signal that it stopped with.</summary>
    public int Signal => (Status >> 8) & 0xff;

    public TraceEvent Event => (TraceEvent)((Status >> 16) & 0xff);

    /// <summary>Job control stopped it (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU), not the tracer.</summary>
    public bool IsJobControl => IsStopped && Event == TraceEvent.Stop && Signal is 19 or 20 or 21 or 22;

    /// <summary>The signal that it is about to get, and does not get unless it is passed on; 0 for other stops.</summary>
    public int PendingSignal => IsStopped && Event == TraceEvent.None ? Signal : 0;
}

/// <summary>Why a thread stopped (<c>PTRACE_EVENT_…</c>).</summary>
public enum TraceEvent
{
    /// <summary>A signal.</summary>
    None = 0,
    Fork = 1,
    Clone = 3,
    Exec = 4,

    /// <summary>It was asked to, it is new, or job control stopped it.</summary>
    Stop = 128,
}
