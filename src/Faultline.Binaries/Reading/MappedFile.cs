using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Binaries.Reading;

/// <summary>
/// A read-only memory-mapped file as spans. Thread-safe. Spans die with <see cref="Dispose"/>; a file that another process
/// truncates while it is mapped is not supported.
/// </summary>
public sealed unsafe partial class MappedFile : IDisposable
{
    private const int DontNeed = 4; // MADV_DONTNEED

    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeFileHandle? _handle;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile? file, MemoryMappedViewAccessor? view, SafeFileHandle? handle)
    {
        Path = path;
        Length = length;
        _file = file;
        _view = view;
        _handle = handle;
        _view?.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string Path { get; }

    /// <summary>Size in bytes; 0 for an empty file, which is not mapped at all.</summary>
    public long Length { get; }

    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    public static MappedFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: {(Directory.Exists(path) ? "is a directory" : "permission denied")}", exception);
        }

        var length = stream.Length;
        if (length == 0)
        {
            stream.Dispose();
            return new MappedFile(path, 0, file: null, view: null, handle: null);
        }

        MemoryMappedFile? file = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(path, length, file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), stream.SafeFileHandle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            stream.Dispose();
            throw new IOException($"{path}: cannot be mapped: {exception.Message}", exception);
        }
    }

    /// <summary>True when the file holds all of <c>[offset, offset + size)</c>; the span is empty otherwise.</summary>
    public bool TrySlice(long offset, long size, out ReadOnlySpan<byte> bytes)
    {
        if (offset < 0 || size < 0 || size > int.MaxValue || offset > Length || size > Length - offset)
        {
            bytes = default;
            return false;
        }

        bytes = size == 0 ? default : new ReadOnlySpan<byte>(Start + offset, (int)size);
        return true;
    }

    /// <summary>The bytes of a structure that must lie inside the file.</summary>
    /// <exception cref="MalformedDataException">It does not.</exception>
    public ReadOnlySpan<byte> Slice(long offset, long size, string structure)
    {
        if (!TrySlice(offset, size, out var bytes))
            Throw.Malformed(Path, offset, structure, $"its {size} bytes do not lie inside the {Length} bytes of the file");
        return bytes;
    }

    /// <summary>
    /// Copies bytes past the mapping, so that their pages do not become part of this process's memory: for blocks of which each is read once, where taking
    /// every page in costs more than the copy. False when the file does not hold them all, or can no longer be read.
    /// </summary>
    public bool TryCopy(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length || buffer.Length > Length - offset || _handle is null)
            return buffer.IsEmpty;
        ObjectDisposedException.ThrowIf(_start == null, this);
        try
        {
            return RandomAccess.Read(_handle, buffer, offset) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes pages that were read out of this process's memory, which counts them otherwise for as long as the file is mapped. Spans stay valid: a page
    /// that is read again comes back, most likely from the system's cache. Only a hint; does nothing where the system has no such call.
    /// </summary>
    public void ReleasePages(long offset, long size)
    {
        if (!OperatingSystem.IsLinux() || offset < 0 || size < 0 || offset > Length || size > Length - offset)
            return;
        var first = (offset + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;
        if (offset + size > first)
            _ = Advise(Start + first, (nuint)(offset + size - first), DontNeed);
    }

    public void Dispose()
    {
        if (_start != null)
        {
            _start = null;
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view?.Dispose();
        _file?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* start, nuint size, int advice);

    private byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start == null, this);
            return _start;
        }
    }
}
