using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Interns frame locations of a whole log by their raw text.</summary>
internal sealed class FrameTable
{
    private readonly ByteInterner interner = new(TracebackLimits.LocationCount, TracebackLimits.LocationTextTotal);
    private readonly ArrayBufferWriter<byte> key = new(512);
    private FrameEntry[] entries = new FrameEntry[64];

    public FrameEntry this[int location] => entries[location];

    /// <summary>A call <c>function(…)</c>; <paramref name="place"/> is empty when the log lacks the file line.</summary>
    public bool TryInternCall(ReadOnlySpan<byte> function, bool isInlined, in PlaceLine place, bool isMissing, out int location)
    {
        if (isInlined)
        {
            StartKey(FrameShape.Fixed);
            key.Write(function);
            key.Write("(...)\n\t"u8);
            key.Write(place.Text);
            key.Write("\n"u8);
            return TryIntern(FrameShape.Fixed, leadSize: -1, place, FrameKind.Inlined, function, 2, out location);
        }

        StartKey(FrameShape.Call);
        key.Write(function);
        key.Write("("u8);
        int leadSize = key.WrittenCount - 1;
        if (!isMissing)
        {
            key.Write("\t"u8);
            key.Write(place.Text);
            key.Write(place.HasPointers ? " fp=0x"u8 : "\n"u8);
        }

        return TryIntern(FrameShape.Call, leadSize, place, FrameKind.Go, function, isMissing ? 1 : 2, out location);
    }

    public bool TryInternCgo(ReadOnlySpan<byte> function, in PlaceLine place, out int location)
    {
        StartKey(FrameShape.Fixed);
        key.Write(function);
        key.Write("\n\t"u8);
        key.Write(place.Text);
        key.Write("\n"u8);
        return TryIntern(FrameShape.Fixed, leadSize: -1, place, FrameKind.Cgo, function, 2, out location);
    }

    /// <summary><c>non-Go function at pc=0x…</c>, a line of its own.</summary>
    public bool TryInternNonGo(ReadOnlySpan<byte> line, ulong pc, out int location)
    {
        StartKey(FrameShape.Fixed);
        key.Write(line);
        key.Write("\n"u8);
        return TryIntern(FrameShape.Fixed, leadSize: -1, new PlaceLine { Pc = pc, IsCgo = true }, FrameKind.Cgo, "non-Go function"u8, 1, out location);
    }

    public bool TryInternElision(ReadOnlySpan<byte> line, int? count, out int location)
    {
        StartKey(FrameShape.Fixed);
        key.Write(line);
        key.Write("\n"u8);
        return TryIntern(FrameShape.Fixed, leadSize: -1, default, FrameKind.Elided, default, 1, out location, count);
    }

    public bool TryInternCreation(ReadOnlySpan<byte> function, in PlaceLine place, bool isMissing, out int location)
    {
        StartKey(FrameShape.Creation);
        key.Write("created by "u8);
        key.Write(function);
        int leadSize = key.WrittenCount - 1;
        if (!isMissing)
        {
            key.Write("\n\t"u8);
            key.Write(place.Text);
            key.Write("\n"u8);
        }

        return TryIntern(FrameShape.Creation, leadSize, place, FrameKind.Go, function, isMissing ? 1 : 2, out location);
    }

    private void StartKey(FrameShape shape)
    {
        key.ResetWrittenCount();
        key.Write([(byte)('0' + (int)shape)]);
    }

    private bool TryIntern(
        FrameShape shape, int leadSize, in PlaceLine place, FrameKind kind, ReadOnlySpan<byte> function, int lineCount, out int location, int? elidedCount = null)
    {
        int textSize = key.WrittenCount;
        leadSize = leadSize < 0 ? textSize - 1 : leadSize;

        // Instances of one generic function share their text but not their pc. Lead and tail meet without a mark: sizes tell them apart.
        Span<byte> suffix = stackalloc byte[13];
        BinaryPrimitives.WriteInt32LittleEndian(suffix, leadSize);
        BinaryPrimitives.WriteUInt64LittleEndian(suffix[4..], place.Pc);
        suffix[12] = (byte)(place.HasPointers ? 1 : 0);
        key.Write(suffix);
        if (!interner.TryIntern(key.WrittenSpan, out location, out bool isNew))
            return false;
        if (isNew)
        {
            if (location == entries.Length)
                Array.Resize(ref entries, entries.Length * 2);
            ReadOnlySpan<byte> text = key.WrittenSpan[1..textSize];
            entries[location] = new FrameEntry(
                shape, text[..leadSize].ToArray(), text[leadSize..].ToArray(), place.HasPointers, lineCount, MakeLocation(kind, function, place, elidedCount));
        }

        return true;
    }

    private static FrameLocation MakeLocation(FrameKind kind, ReadOnlySpan<byte> function, in PlaceLine place, int? elidedCount) => new()
    {
        Kind = kind,
        Function = Encoding.UTF8.GetString(function),
        File = Encoding.UTF8.GetString(place.File),
        Line = place.Line,
        Offset = place.HasOffset ? place.Offset : kind == FrameKind.Go && place.Line > 0 ? 0 : null,
        Pc = place.HasPointers || place.IsCgo ? place.Pc : null,
        ElidedCount = elidedCount,
    };
}
