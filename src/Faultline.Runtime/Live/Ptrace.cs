using System.Runtime.InteropServices;

namespace Faultline.Runtime.Live;

/// <summary>
/// The kernel's <c>ptrace(2)</c> as far as it is needed to stop a process and let it go again. A thread is traced by the OS thread that seized it:
/// every call about it has to come from there. When that OS thread ends, however it ends, the kernel lets go of everything that it traced.
/// </summary>
public static partial class Ptrace
{
    private const int ContinueRequest = 7, DetachRequest = 17;
    private const int EventMessageRequest = 0x4201, SignalInfoRequest = 0x4202, GetRegistersRequest = 0x4204, SetRegistersRequest = 0x4205;
    private const int SeizeRequest = 0x4206, InterruptRequest = 0x4207, ListenRequest = 0x4208;
    private const int Interrupted = 4;
    private const int WaitNoHang = 1, WaitStopped = 2, WaitAllKinds = 0x40000000, WaitThisThread = 0x20000000;
    private const int SignalInfoSize = 128;

    /// <summary>Register sets by their note type.</summary>
    public const int GeneralRegisters = 1, ThreadPointerRegister = 0x401;

    /// <summary>Begins to trace a thread without stopping it; 0, or the kernel's error number.</summary>
    public static int Seize(int threadId, TraceOptions options) => Call(SeizeRequest, threadId, 0, (nint)options) ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Asks a running thread to stop; its stop is to be waited for.</summary>
    public static bool Interrupt(int threadId) => Call(InterruptRequest, threadId, 0, 0);

    /// <summary>Lets a stopped thread run on, and gives it a signal unless that is 0.</summary>
    public static bool Continue(int threadId, int signal) => Call(ContinueRequest, threadId, 0, signal);

    /// <summary>Leaves a thread stopped that a job-control signal stopped, but hears when it goes on.</summary>
    public static bool Listen(int threadId) => Call(ListenRequest, threadId, 0, 0);

    /// <summary>Lets go of a stopped thread, and gives it a signal unless that is 0.</summary>
    public static bool Detach(int threadId, int signal) => Call(DetachRequest, threadId, 0, signal);

    /// <summary>What an event is about: the id of the new thread or process.</summary>
    public static int EventMessage(int threadId)
    {
        nint message = 0;
        unsafe
        {
            return Call(EventMessageRequest, threadId, 0, (nint)(&message)) ? (int)message : 0;
        }
    }

    /// <summary>Why a signal that a thread is about to get was sent (<c>si_code</c>); 0 when that is not known.</summary>
    public static int SignalCode(int threadId)
    {
        unsafe
        {
            var info = stackalloc int[SignalInfoSize / sizeof(int)];
            return Call(SignalInfoRequest, threadId, 0, (nint)info) ? info[2] : 0;
        }
    }

    /// <summary>Fills the buffer with a register set of a stopped thread; returns how many bytes it has.</summary>
    public static int ReadRegisters(int threadId, int set, Span<byte> buffer) => Registers(GetRegistersRequest, threadId, set, buffer);

    /// <summary>Sets a register set of a stopped thread.</summary>
    public static bool WriteRegisters(int threadId, int set, Span<byte> buffer) => Registers(SetRegistersRequest, threadId, set, buffer) == buffer.Length;

    /// <summary>The next change of any thread that this OS thread traces or has started, a stop of such a child included; false when nothing is left.</summary>
    public static bool TryWaitForAny(out ThreadChange change)
    {
        while (!TryWait(-1, WaitThisThread | WaitStopped, out change))
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                return false;
        }

        return true;
    }

    /// <summary>A change of one thread that has come already.</summary>
    public static bool TryTake(int threadId, out ThreadChange change) => TryWait(threadId, WaitNoHang, out change);

    private static bool TryWait(int threadId, int options, out ThreadChange change)
    {
        var id = WaitForChange(threadId, out var status, options | WaitAllKinds);
        change = new ThreadChange(id, status);
        return id > 0;
    }

    private static int Registers(int request, int threadId, int set, Span<byte> buffer)
    {
        unsafe
        {
            fixed (byte* bytes = buffer)
            {
                var vector = new IoVector { Address = (nuint)bytes, Size = (nuint)buffer.Length };
                return Call(request, threadId, set, (nint)(&vector)) ? (int)vector.Size : 0;
            }
        }
    }

    private static bool Call(int request, int threadId, nint address, nint data) => Trace(request, threadId, address, data) != -1;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint Trace(nint request, int threadId, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitForChange(int threadId, out int status, int options);
}
