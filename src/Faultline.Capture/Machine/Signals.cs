using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Faultline.Capture.Machine;

/// <summary>Signals to processes; .NET itself can only kill.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    /// <summary>False when there is no such process, or it is not this user's.</summary>
    public static bool Send(int processId, int signal) => SendSignal(processId, signal) == 0;

    /// <summary>Interrupts a process that is no child, and kills it if it does not end.</summary>
    public static void EndAndWait(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            Send(processId, Interrupt);
            if (process.WaitForExit(s_grace))
                return;
            Send(processId, Kill);
            process.WaitForExit(s_grace);
        }
        catch (Exception error) when (error is ArgumentException or Win32Exception or InvalidOperationException)
        {
            // It ended meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
