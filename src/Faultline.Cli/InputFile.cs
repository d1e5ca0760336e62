using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Carriers.Packing;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Scheduling;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Cli;

/// <summary>An input that is open: its kind is known, and its bytes can be read from the start, also from a pipe.</summary>
internal sealed class InputFile : IDisposable
{
    private const int BuildHeadSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly PeekedStream _content;

    private InputFile(string name, Stream stream)
    {
        Name = name;
        _stream = stream;
        _content = new PeekedStream(stream, ownsInner: true);
        Kind = InputRecognizer.Recognize(_content.Peek(InputRecognizer.HeadSize));
    }

    /// <summary>The path as given, or <c>-</c>.</summary>
    public string Name { get; }

    public InputKind Kind { get; }

    public bool IsStandardInput => Name == "-";

    /// <summary>It can be opened again and holds the same.</summary>
    public bool IsRereadable => !IsStandardInput && _stream.CanSeek;

    /// <summary>Its beginning holds lines of the compiler's <c>-m</c>. Only before it is read.</summary>
    public bool LooksLikeBuild() => EscapeLogReader.IsBuildLog(_content.Peek(BuildHeadSize));

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

    /// <summary>Reads it as a log, whatever that is wrapped in.</summary>
    /// <exception cref="UserErrorException">The input failed half-way, or a program is needed to unpack it.</exception>
    public IReadOnlyList<TracebackLog> ReadLogs(Action<long> progress) => ReadText(content => LogReader.Parse(content, Name, progress));

    /// <summary>Reads it as the output of a program whose scheduler was traced.</summary>
    /// <exception cref="UserErrorException">The input failed half-way, or a program is needed to unpack it.</exception>
    public SchedulerSeries ReadSchedule(SchedulerLogOptions options, Action<long> progress) => ReadText(content => SchedulerLogReader.Read(content, Name, options, progress));

    /// <summary>Reads it as what the Go compiler printed of its decisions.</summary>
    /// <exception cref="UserErrorException">The input failed half-way, or a program is needed to unpack it.</exception>
    public EscapeLog ReadBuild(EscapeLogOptions options, Action<long> progress) => ReadText(content => EscapeLogReader.Read(content, Name, options, progress));

    private T ReadText<T>(Func<Stream, T> read)
    {
        try
        {
            return read(_content);
        }
        catch (MissingToolException error)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"'{Name}' is packed with {error.Tool}, which is not installed. Install it (package xz-utils), or unpack the file elsewhere.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{Name}' could not be read to its end: the device or file system reports an error.");
        }
    }

    /// <summary>Opens it as a recording of perf. The caller disposes that, and this afterwards.</summary>
    /// <param name="options">What is known from elsewhere; null when nothing is.</param>
    /// <exception cref="UserErrorException">It is none that can be read.</exception>
    public PerfRecording OpenRecording(PerfRecordingOptions? options = null)
    {
        try
        {
            return IsStandardInput || Size is null ? PerfRecording.Open(_content, Name, options) : PerfRecording.Open(Name, options);
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{Name}' is no recording that can be read ({error.Structure}: {error.Rule}).");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{Name}' could not be read: the device or file system reports an error, or the temporary folder is full.");
        }
    }

    public void Dispose() => _content.Dispose();
}
