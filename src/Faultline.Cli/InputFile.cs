namespace Faultline.Cli;

/// <summary>An input that is open: its kind is known, and its bytes can be read from the start, also from a pipe.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly Stream _stream;
    private readonly byte[] _head = new byte[InputRecognizer.HeadSize];
    private readonly int _headSize;

    private InputFile(string name, Stream stream)
    {
        Name = name;
        _stream = stream;
        _headSize = stream.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        Kind = InputRecognizer.Recognize(_head.AsSpan(0, _headSize));
    }

    /// <summary>The path as given, or <c>-</c>.</summary>
    public string Name { get; }

    public InputKind Kind { get; }

    public bool IsStandardInput => Name == "-";

    /// <summary>Size in bytes; null for pipes.</summary>
    public long? Size => _stream.CanSeek ? _stream.Length : null;

    /// <summary>Opens a path, or standard input for <c>-</c>.</summary>
    /// <exception cref="UserErrorException">There is no such file, or it may not be read.</exception>
    public static InputFile Open(string name)
    {
        try
        {
            if (name == "-")
                return new InputFile(name, StandardStreams.OpenInput());
            if (Directory.Exists(name))
                throw new UserErrorException(ExitCode.InputMissing, $"'{name}' is a folder. Give the crash log itself, or the binary.");
            return new InputFile(name, new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or PathTooLongException or ArgumentException)
        {
            throw new UserErrorException(ExitCode.InputMissing, $"there is no file '{name}'. Check the path; '-' reads standard input.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"'{name}' may not be read by this user. Change its permissions or run faultline as its owner.");
        }
    }

    /// <summary>Hands out all bytes in order, in blocks.</summary>
    /// <exception cref="UserErrorException">The input failed half-way.</exception>
    public void CopyTo(Action<ReadOnlyMemory<byte>> consume)
    {
        if (_headSize > 0)
            consume(_head.AsMemory(0, _headSize));
        byte[] block = new byte[256 * 1024];
        try
        {
            for (int read; (read = _stream.Read(block)) > 0;)
                consume(block.AsMemory(0, read));
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{Name}' could not be read to its end: the device or file system reports an error.");
        }
    }

    public void Dispose() => _stream.Dispose();
}
