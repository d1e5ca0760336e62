namespace Faultline.Capture.Recording;

/// <summary>Keeps the end of a program's output in a file: at least the last <see cref="KeptSize"/> bytes, at most twice that.</summary>
internal sealed class LogTail : IDisposable
{
    public const long KeptSize = 64L * 1024 * 1024;

    /// <summary>Room that is taken at once: the recording beside it must not fill the disk before the crash is printed.</summary>
    private const long ReservedSize = 1024 * 1024;

    private readonly string _path;
    private FileStream _file;
    private bool _isBroken;

    public LogTail(string path)
    {
        _path = path;
        _file = Open(path);
    }

    /// <summary>Why writing stopped; null while all is well.</summary>
    public string? Failure { get; private set; }

    private string OlderPath => _path + ".older";

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_isBroken)
            return;
        try
        {
            _file.Write(bytes);
            if (_file.Length >= KeptSize)
                Turn();
        }
        catch (IOException error)
        {
            // The program goes on, whatever becomes of its log.
            _isBroken = true;
            Failure = error.Message;
        }
    }

    /// <summary>Puts the parts together.</summary>
    public void Complete()
    {
        // Gives back what was reserved and not needed.
        _file.SetLength(_file.Length);
        _file.Dispose();
        if (!File.Exists(OlderPath))
            return;
        using (FileStream older = new(OlderPath, FileMode.Append, FileAccess.Write))
        using (FileStream newer = new(_path, FileMode.Open, FileAccess.Read))
            newer.CopyTo(older);
        File.Move(OlderPath, _path, overwrite: true);
    }

    public void Dispose() => _file.Dispose();

    private void Turn()
    {
        _file.Dispose();
        File.Move(_path, OlderPath, overwrite: true);
        _file = Open(_path);
    }

    private static FileStream Open(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, PreallocationSize = ReservedSize };
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException)
        {
            // There is less room than that.
            options.PreallocationSize = 0;
            return new FileStream(path, options);
        }
    }
}
