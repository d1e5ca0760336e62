using System.ComponentModel;
using System.Diagnostics;

namespace Faultline.Evidence.Carriers.Packing;

/// <summary>Unpacks xz with the <c>xz</c> program, which keeps its memory within a limit; there is no managed reader that does.</summary>
internal sealed class XzStream : Stream
{
    private readonly Process process;
    private readonly Task feeding;
    private Exception? failure;
    private bool isOver;

    /// <exception cref="MissingToolException"><c>xz</c> is not installed.</exception>
    public XzStream(Stream packed)
    {
        var start = new ProcessStartInfo("xz", ["--decompress", "--stdout", "--quiet", "--no-warn", "--memlimit-decompress=256MiB"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process = Process.Start(start) ?? throw new MissingToolException("xz", "unpack the input");
        }
        catch (Win32Exception)
        {
            throw new MissingToolException("xz", "unpack the input");
        }

        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        feeding = Task.Factory.StartNew(() => Feed(packed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
        int count = isOver ? 0 : process.StandardOutput.BaseStream.Read(buffer);
        if (count > 0 || isOver || buffer.IsEmpty)
            return count;
        isOver = true;
        feeding.Wait();
        process.WaitForExit();
        if (failure is not null)
            throw new IOException("the input could not be read to its end", failure);
        if (process.ExitCode != 0)
            throw new InvalidDataException("xz refused the input");
        return 0;
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
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Feed(Stream packed)
    {
        byte[] buffer = new byte[64 * 1024];
        Stream input = process.StandardInput.BaseStream;
        try
        {
            for (int count; (count = packed.Read(buffer)) > 0;)
            {
                try
                {
                    input.Write(buffer.AsSpan(0, count));
                }
                catch (IOException)
                {
                    // It has seen enough; its exit code says why.
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            failure = error;
        }
        finally
        {
            try
            {
                input.Dispose();
            }
            catch (IOException)
            {
                // It is gone already.
            }
        }
    }
}
