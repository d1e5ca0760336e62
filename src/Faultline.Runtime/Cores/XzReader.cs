using System.ComponentModel;
using System.Diagnostics;

namespace Faultline.Runtime.Cores;

/// <summary>The unpacked bytes of an xz file, from the <c>xz</c> program, which keeps its memory within a limit.</summary>
internal sealed class XzReader : Stream
{
    private readonly Process _process;

    /// <exception cref="IOException"><c>xz</c> is not installed.</exception>
    public XzReader(string path)
    {
        var start = new ProcessStartInfo("xz", ["--decompress", "--stdout", "--keep", "--quiet", "--no-warn", "--memlimit-decompress=256MiB", "--", path])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start) ?? throw new IOException("xz cannot be started, and it is needed to unpack the core");
        }
        catch (Win32Exception exception)
        {
            throw new IOException("xz is not installed, and it is needed to unpack the core", exception);
        }

        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _process.StandardOutput.BaseStream.Read(buffer);
        if (count > 0 || buffer.IsEmpty)
            return count;
        _process.WaitForExit();
        return _process.ExitCode == 0 ? 0 : throw new InvalidDataException("xz refused the input");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }

        base.Dispose(disposing);
    }
}
