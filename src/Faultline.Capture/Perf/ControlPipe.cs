using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Capture.Perf;

/// <summary>A named pipe for words between two processes. Both ends are held open here, so that opening never waits; reading waits a limited time.</summary>
internal sealed partial class ControlPipe : IDisposable
{
    private const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x8_0000;
    private const short Readable = 1;

    private readonly SafeFileHandle _handle;

    private ControlPipe(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
    }

    public string Path { get; }

    /// <exception cref="IOException">The folder is full, or on a file system without pipes.</exception>
    public static ControlPipe Create(string path)
    {
        const uint OwnerOnly = 0x180; // 0600
        if (MakePipe(path, OwnerOnly) != 0)
            throw new IOException($"the pipe '{path}' cannot be made: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        int descriptor = OpenFile(path, ReadWrite | NonBlocking | CloseOnExec);
        if (descriptor < 0)
            throw new IOException($"the pipe '{path}' cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        return new ControlPipe(path, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    public void Write(string word)
    {
        using FileStream stream = new(new SafeFileHandle(_handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(word + "\n"));
    }

    /// <summary>True when something arrived within the time; it is read away.</summary>
    public bool TryRead(TimeSpan time)
    {
        PollDescriptor poll = new() { Descriptor = (int)_handle.DangerousGetHandle(), Events = Readable };
        if (Poll(ref poll, 1, (int)time.TotalMilliseconds) <= 0)
            return false;
        Span<byte> buffer = stackalloc byte[256];
        return ReadDescriptor(poll.Descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length) > 0;
    }

    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(Path);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    // struct pollfd of <poll.h>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
