using System.Text;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>What the note segments of a core say about the process (<c>linux/elfcore.h</c>, <c>fs/binfmt_elf.c</c>). A broken note is dropped.</summary>
internal sealed class CoreNotes
{
    public const uint Prstatus = 1;
    public const uint Prpsinfo = 3;
    public const uint Auxv = 6;
    public const uint ArmTls = 0x401;
    public const uint FileList = 0x46494c45;
    private const uint SignalInfo = 0x53494749;
    public const int RegistersOffset = 112;
    private const int NoteAlignment = 4;

    private readonly MappedFile _file;
    private readonly RegisterLayout? _layout;
    private readonly DiagnosticLog _log;
    private readonly List<StoppedThread> _threads = [];
    private readonly List<MappedFileRange> _files = [];
    private readonly Dictionary<ulong, ulong> _auxiliary = [];

    private CoreNotes(MappedFile file, string architecture, DiagnosticLog log)
    {
        _file = file;
        _layout = RegisterLayout.For(architecture);
        _log = log;
    }

    /// <summary>In the order of the file: the kernel writes the thread that died first.</summary>
    public IReadOnlyList<StoppedThread> Threads => _threads;

    public IReadOnlyList<MappedFileRange> Files => _files;

    /// <summary>The auxiliary vector by type (<c>AT_…</c>).</summary>
    public IReadOnlyDictionary<ulong, ulong> Auxiliary => _auxiliary;

    public CoreSignal? Signal { get; private set; }

    public CoreProcess? Process { get; private set; }

    public static CoreNotes Read(MappedFile file, string architecture, IEnumerable<ElfSegment> noteSegments, DiagnosticLog log)
    {
        var notes = new CoreNotes(file, architecture, log);
        foreach (var segment in noteSegments)
        {
            try
            {
                notes.ReadSegment(segment);
            }
            catch (MalformedDataException exception)
            {
                log.Add("CORE0102", DiagnosticSeverity.Warning, exception);
            }
        }

        return notes;
    }

    private void ReadSegment(ElfSegment segment)
    {
        var size = (long)Math.Min(segment.FileSize, int.MaxValue);
        var cursor = new ByteCursor(_file.Slice(segment.Offset, size, "notes"), _file.Path, "notes", segment.Offset);
        while (cursor.Remaining >= 12)
        {
            var nameSize = cursor.ReadUInt32();
            var valueSize = cursor.ReadUInt32();
            var type = cursor.ReadUInt32();
            ReadPadded(ref cursor, nameSize);
            var offset = cursor.Offset;
            var value = ReadPadded(ref cursor, valueSize);
            try
            {
                ReadNote(type, new ByteCursor(value, _file.Path, "note", offset), value);
            }
            catch (MalformedDataException exception)
            {
                _log.Add("CORE0102", DiagnosticSeverity.Warning, exception);
            }
        }
    }

    private static ReadOnlySpan<byte> ReadPadded(ref ByteCursor cursor, uint size)
    {
        var bytes = cursor.ReadBytes((int)Math.Min(size, int.MaxValue));
        cursor.Skip(Math.Min((int)(-size & (NoteAlignment - 1)), cursor.Remaining));
        return bytes;
    }

    private void ReadNote(uint type, ByteCursor cursor, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case Prstatus:
                ReadThread(cursor);
                break;
            case ArmTls when _threads.Count > 0 && value.Length >= 8:
                SetThreadPointer(cursor.ReadUInt64());
                break;
            case Prpsinfo:
                Process ??= ReadProcess(cursor);
                break;
            case Auxv:
                ReadAuxiliary(cursor);
                break;
            case SignalInfo:
                Signal ??= ReadSignal(cursor);
                break;
            case FileList:
                ReadFiles(cursor);
                break;
        }
    }

    private void ReadThread(ByteCursor cursor)
    {
        if (_layout is null || _threads.Count >= CoreLimits.ThreadCount)
            return;
        cursor.Skip(12);
        int signal = cursor.ReadUInt16();
        cursor.Skip(18);
        var threadId = cursor.ReadInt32();
        cursor.Seek(RegistersOffset);
        _threads.Add(new StoppedThread(threadId, signal, _layout.Decode(cursor.ReadBytes(_layout.Size))));
    }

    /// <summary>The kernel writes a thread's other notes after its status.</summary>
    private void SetThreadPointer(ulong value) =>
        _threads[^1] = _threads[^1] with { Registers = _threads[^1].Registers with { ThreadPointer = value } };

    private static CoreProcess ReadProcess(ByteCursor cursor)
    {
        cursor.Skip(24);
        var processId = cursor.ReadInt32();
        cursor.Skip(12);
        var name = Text(cursor.ReadBytes(16));
        return new CoreProcess(processId, name, Text(cursor.ReadBytes(80)));
    }

    private static CoreSignal ReadSignal(ByteCursor cursor)
    {
        var number = cursor.ReadInt32();
        cursor.Skip(4);
        var code = cursor.ReadInt32();
        cursor.Skip(4);
        var address = cursor.ReadUInt64();
        var isFault = number is 4 or 7 or 8 or 11 && code > 0;
        return new CoreSignal(number, code, isFault ? address : 0);
    }

    private void ReadAuxiliary(ByteCursor cursor)
    {
        while (cursor.Remaining >= 16 && _auxiliary.Count < CoreLimits.AuxiliaryCount)
        {
            var type = cursor.ReadUInt64();
            var value = cursor.ReadUInt64();
            if (type == 0)
                break;
            _auxiliary.TryAdd(type, value);
        }
    }

    private void ReadFiles(ByteCursor cursor)
    {
        var count = cursor.ReadUInt64();
        var pageSize = cursor.ReadUInt64();
        if (count > (ulong)Math.Min(CoreLimits.MappedFileCount, cursor.Remaining / 24))
            Throw.Malformed(_file.Path, cursor.Offset, "list of mapped files", $"{count} of them do not fit into the note");
        var names = cursor;
        names.Skip((int)count * 24);
        for (var index = 0UL; index < count; index++)
        {
            var (start, end, page) = (cursor.ReadUInt64(), cursor.ReadUInt64(), cursor.ReadUInt64());
            _files.Add(new MappedFileRange(start, end, (long)(page * pageSize), Encoding.UTF8.GetString(names.ReadTerminated())));
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).TrimEnd();
    }
}
