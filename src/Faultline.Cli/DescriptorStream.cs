using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Faultline.Cli;

/// <summary>
/// One of the process's inherited descriptors, read and written at its own offset and unbuffered. <see cref="FileStream"/> would keep an offset of
/// its own, so that others who share the descriptor overwrite each other, and Console's streams hide that the reader of a pipe went away.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor, bool canRead) : Stream
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    public override bool CanRead => canRead;

    public override bool CanWrite => !canRead;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count = ReadDescriptor(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (count >= 0)
                return (int)count;
            WaitOrThrow(forRead: true);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count = WriteDescriptor(descriptor, in MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else
                WaitOrThrow(forRead: false);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Another process may have made a shared descriptor non-blocking: then wait for it, as a blocking call would have done.
    private void WaitOrThrow(bool forRead)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Interrupted)
            return;
        if (error != WouldBlock)
            throw new IOException(new Win32Exception(error).Message);
        PollDescriptor poll = new() { Descriptor = descriptor, Events = forRead ? (short)1 : (short)4 };
        _ = Poll(ref poll, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, in byte buffer, nuint count);

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
