using System.Buffers;
using System.Buffers.Binary;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Records;
using ZstdSharp;

namespace Faultline.Evidence.Perf.Reading;

/// <summary>
/// The records in the order of the file, compressed ones unpacked on the way. Records stay where they are: in the mapped file, or in a block
/// of unpacked bytes; a position names either.
/// </summary>
internal sealed class RecordScanner(MappedFile file, long start, long end, DiagnosticLog log) : IDisposable
{
    private const int CompressedHeaderSize = 8;
    private const int SearchWindow = 1 << 30;
    private const long TouchedLimit = 64L << 20;

    private readonly HeldBlocks _blocks = new();
    private Decompressor? _decompressor;
    private bool _isCompressionBroken;
    private readonly long _start = start;
    private long _next = start;
    private long _packedNext;
    private long _packedEnd;
    private long _packedOrigin;
    private long _unpackedSize;
    private bool _hasMoreOutput;
    private long _touchedSize;

    /// <summary>A whole <c>FINISHED_ROUND</c> record: what to look for after damage.</summary>
    private static ReadOnlySpan<byte> RoundMark => [0x44, 0, 0, 0, 0, 0, 8, 0];

    /// <summary>Of the current record.</summary>
    public RecordHeader Header { get; private set; }

    /// <summary>Of the current record; passed to <see cref="At"/>.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that belong to the current record but lie after it: tracing data.</summary>
    public long FollowingOffset { get; private set; }

    public long FollowingSize { get; private set; }

    /// <summary>Some bytes were skipped, or could not be unpacked.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The bytes end in the middle of a record.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Bytes of unpacked records that wait.</summary>
    public long HeldSize => _blocks.HeldSize;

    /// <summary>Goes to the next record; false at the end.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (TryTakeUnpacked())
                return true;
            if (_packedNext < _packedEnd || _hasMoreOutput)
                Unpack();
            else if (!TryTakeFromFile(out bool isCompressed))
                return false;
            else if (!isCompressed)
                return true;
        }
    }

    /// <summary>A record at a position that is current or held.</summary>
    /// <param name="offset">Where it lies in the file, or where the compressed bytes lie that it came from.</param>
    public ReadOnlySpan<byte> At(long position, out RecordHeader header, out long offset)
    {
        ReadOnlySpan<byte> bytes;
        if (HeldBlocks.IsPlace(position))
        {
            bytes = _blocks.From(position, out offset);
        }
        else
        {
            offset = position;
            file.TrySlice(position, Math.Min(file.Length - position, ushort.MaxValue), out bytes);
        }

        header = RecordHeader.Read(bytes);
        NoteTouched(header.RecordSize);
        return bytes[RecordHeader.Size..header.RecordSize];
    }

    /// <summary>Keeps a record's bytes until it is released.</summary>
    public void Hold(long position)
    {
        if (HeldBlocks.IsPlace(position))
            _blocks.Hold(position);
    }

    public void Release(long position)
    {
        if (HeldBlocks.IsPlace(position))
            _blocks.Release(position);
    }

    public void Dispose() => _decompressor?.Dispose();

    // The whole file would count as this process's memory in the end. Records that still wait come back from the system's cache.
    private void NoteTouched(int size)
    {
        _touchedSize += size;
        if (_touchedSize < TouchedLimit)
            return;
        file.ReleasePages(_start, end - _start);
        _touchedSize = 0;
    }

    private bool TryTakeUnpacked()
    {
        ReadOnlySpan<byte> unread = _blocks.Unread;
        if (unread.Length < RecordHeader.Size)
            return false;
        RecordHeader header = RecordHeader.Read(unread);
        if (!header.IsPlausible || header.Type >= PerfRecordType.HeaderAttribute)
        {
            IsDamaged = true;
            log.Add(PerfDiagnostics.BrokenRecord, DiagnosticSeverity.Warning, _packedOrigin, "an unpacked record has an impossible header; the rest of its block was skipped");
            _blocks.DropUnread();
            return false;
        }

        if (header.RecordSize > unread.Length)
            return false;
        Header = header;
        Position = _blocks.Place;
        FollowingSize = 0;
        _blocks.Use(header.RecordSize);
        return true;
    }

    private bool TryTakeFromFile(out bool isCompressed)
    {
        isCompressed = false;
        while (true)
        {
            if (_next > end - RecordHeader.Size)
            {
                if (_next < end)
                    RemarkTruncated();
                return false;
            }

            file.TrySlice(_next, RecordHeader.Size, out ReadOnlySpan<byte> bytes);
            RecordHeader header = RecordHeader.Read(bytes);
            if (!header.IsPlausible || header.RecordSize > end - _next)
            {
                if (!TrySkipDamage(header))
                    return false;
                continue;
            }

            Take(header);
            isCompressed = header.Type is PerfRecordType.Compressed or PerfRecordType.Compressed2;
            return true;
        }
    }

    private void Take(RecordHeader header)
    {
        Header = header;
        Position = _next;
        _next += header.RecordSize;
        FollowingOffset = _next;
        FollowingSize = 0;
        if (header.Type is PerfRecordType.HeaderTracingData or PerfRecordType.AuxiliaryTrace)
            TakeFollowing(header);
        else if (header.Type == PerfRecordType.Compressed)
            StartUnpacking(Position + RecordHeader.Size, _next);
        else if (header.Type == PerfRecordType.Compressed2)
            StartUnpacking(Position + RecordHeader.Size + CompressedHeaderSize, Math.Min(_next, Position + RecordHeader.Size + CompressedHeaderSize + SizeField(header)));
    }

    // The size of what follows is the first field of both kinds; it does not count for the record's own size.
    private void TakeFollowing(RecordHeader header)
    {
        FollowingSize = Math.Min(SizeField(header), end - _next);
        _next += FollowingSize;
    }

    private long SizeField(RecordHeader header)
    {
        file.TrySlice(Position, header.RecordSize, out ReadOnlySpan<byte> record);
        ReadOnlySpan<byte> payload = record[RecordHeader.Size..];
        if (header.Type == PerfRecordType.HeaderTracingData)
            return payload.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(payload) : 0;
        ulong size = payload.Length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(payload) : 0;
        return (long)Math.Min(size, (ulong)file.Length);
    }

    private void StartUnpacking(long from, long to)
    {
        if (_isCompressionBroken)
            return;
        _packedOrigin = Position;
        _packedNext = Math.Min(from, to);
        _packedEnd = to;
        _unpackedSize = 0;
    }

    // All compressed records of a file are one stream: each continues the frame of the one before and refers to its content.
    private void Unpack()
    {
        _decompressor ??= new Decompressor();
        file.TrySlice(_packedNext, _packedEnd - _packedNext, out ReadOnlySpan<byte> packed);
        Span<byte> room = _blocks.Room(_packedOrigin);
        OperationStatus status = _decompressor.UnwrapStream(packed, room, out int consumed, out int written);
        _packedNext += consumed;
        _unpackedSize += written;
        _blocks.Fill(written);
        _hasMoreOutput = written == room.Length;
        bool isStuck = consumed == 0 && written == 0 && _packedNext < _packedEnd;
        if (status != OperationStatus.InvalidData && !isStuck && _unpackedSize <= PerfLimits.UnpackedSize)
            return;
        IsDamaged = true;
        log.Add(PerfDiagnostics.DamagedCompression, DiagnosticSeverity.Warning, _packedOrigin, "compressed records cannot be unpacked; those from here on are lost");
        _isCompressionBroken = true;
        _packedNext = _packedEnd;
        _hasMoreOutput = false;
    }

    private bool TrySkipDamage(RecordHeader header)
    {
        bool isCut = header.IsPlausible;
        long found = FindMark(_next + 1);
        if (found < 0 && isCut)
        {
            RemarkTruncated();
            return false;
        }

        IsDamaged = true;
        log.Add(PerfDiagnostics.BrokenRecord, DiagnosticSeverity.Warning, _next, found < 0
            ? "a record has an impossible header, and no mark of the recorder follows; the rest was dropped"
            : $"a record has an impossible header; {found - _next} bytes up to the next mark of the recorder were skipped");
        _next = found < 0 ? end : found;
        return found >= 0;
    }

    private long FindMark(long from)
    {
        while (from < end)
        {
            long size = Math.Min(SearchWindow, end - from);
            file.TrySlice(from, size, out ReadOnlySpan<byte> window);
            int found = window.IndexOf(RoundMark);
            if (found >= 0)
                return from + found;
            if (size == end - from)
                break;
            from += size - RoundMark.Length + 1;
        }

        return -1;
    }

    private void RemarkTruncated()
    {
        IsTruncated = true;
        log.Add(PerfDiagnostics.Truncated, DiagnosticSeverity.Warning, _next, "the file ends in the middle of a record; the records before it were used");
    }
}
