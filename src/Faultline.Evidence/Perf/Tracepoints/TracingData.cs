using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Perf.Tracepoints;

/// <summary>
/// The copy of tracefs that perf puts into a recording with tracepoints (HEADER_TRACING_DATA, trace-cmd's format): the headers of
/// the ring buffer, then the <c>format</c> file of every recorded event.
/// </summary>
internal static class TracingData
{
    private static ReadOnlySpan<byte> Magic => "\u0017\u0008\u0044tracing"u8;

    /// <summary>Reads the formats; what stands before damage is kept.</summary>
    public static IReadOnlyList<TracepointFormat> Read(ReadOnlySpan<byte> bytes, long offset, DiagnosticLog log, string source)
    {
        List<TracepointFormat> formats = [];
        ByteCursor cursor = new(bytes, source, "tracing data", offset);
        try
        {
            if (!cursor.ReadBytes(Magic.Length).SequenceEqual(Magic))
                throw new MalformedDataException(source, offset, "tracing data", "does not start with its magic");
            cursor.ReadTerminated();
            if (cursor.ReadByte() != 0)
                throw new MalformedDataException(source, offset, "tracing data", "comes from a big-endian machine");
            cursor.Skip(1 + sizeof(uint));
            SkipPage(ref cursor, "header_page", source);
            SkipPage(ref cursor, "header_event", source);
            ReadFormats(ref cursor, "ftrace", cursor.ReadUInt32(), source, log, formats);
            for (uint systems = cursor.ReadUInt32(); systems > 0; systems--)
            {
                string system = Encoding.UTF8.GetString(cursor.ReadTerminated());
                ReadFormats(ref cursor, system, cursor.ReadUInt32(), source, log, formats);
            }
        }
        catch (MalformedDataException error)
        {
            log.Add(PerfDiagnostics.BrokenFormat, DiagnosticSeverity.Warning, error);
        }

        return formats;
    }

    private static void SkipPage(ref ByteCursor cursor, string name, string source)
    {
        long start = cursor.Offset;
        if (!cursor.ReadTerminated().SequenceEqual(Encoding.ASCII.GetBytes(name)))
            throw new MalformedDataException(source, start, "tracing data", $"lacks '{name}'");
        cursor.Skip(SizeOf(cursor.ReadUInt64()));
    }

    // Every format takes at least the eight bytes of its size, so a wild count ends at the end of the bytes.
    private static void ReadFormats(ref ByteCursor cursor, string system, uint count, string source, DiagnosticLog log, List<TracepointFormat> formats)
    {
        for (; count > 0; count--)
        {
            long start = cursor.Offset;
            ReadOnlySpan<byte> text = cursor.ReadBytes(SizeOf(cursor.ReadUInt64()));
            if (formats.Count == PerfLimits.FormatCount)
                throw new MalformedDataException(source, start, "tracing data", $"has more than {PerfLimits.FormatCount} formats");
            if (text.Length <= PerfLimits.FormatSize && TracepointFormat.TryParse(system, Encoding.UTF8.GetString(text), out TracepointFormat format))
                formats.Add(format);
            else
                log.Add(PerfDiagnostics.BrokenFormat, DiagnosticSeverity.Warning, start, $"the format of a tracepoint of {system} cannot be read; its fields are unknown");
        }
    }

    private static int SizeOf(ulong size) => size > int.MaxValue ? int.MaxValue : (int)size;
}
