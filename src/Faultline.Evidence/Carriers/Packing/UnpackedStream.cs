using System.IO.Compression;
using Faultline.Binaries.Reading;
using ZstdSharp;

namespace Faultline.Evidence.Carriers.Packing;

/// <summary>
/// The bytes of an input with every layer of compression taken off, recognised by content. A damaged layer ends the input with a
/// remark; what came before counts. The input itself stays open, and its own errors pass through.
/// </summary>
internal sealed class UnpackedStream : IDisposable
{
    private const int HeadSize = 64;
    private const int MostWindowLog = 27;

    private readonly CarrierContext context;
    private readonly WatchedStream input;
    private readonly PeekedStream first;
    private readonly PeekedStream top;
    private readonly bool isGzipAlone;
    private bool isOver;
    private long outputSize;

    /// <summary>Opens the layers and adds their names, outermost first.</summary>
    public UnpackedStream(Stream stream, CarrierContext context, List<string> names)
    {
        this.context = context;
        input = new WatchedStream(stream);
        top = first = new PeekedStream(input, ownsInner: false);
        for (int depth = 0; ; depth++)
        {
            ReadOnlySpan<byte> head = Peek();
            PackingForm form = Recognize(head);
            if (depth > 0 && head.StartsWith("\u007fELF"u8))
            {
                context.Remark(CarrierDiagnostics.PackedProgram, DiagnosticSeverity.Error, 0, "the compressed file holds a program or a core dump, not a log; unpack it and give it as it is");
                isOver = true;
            }

            if (form == PackingForm.None || isOver)
                return;
            if (depth == CarrierLimits.PackingDepth)
            {
                context.Remark(CarrierDiagnostics.PackedTooDeep, DiagnosticSeverity.Error, 0, $"more than {CarrierLimits.PackingDepth} layers of compression");
                isOver = true;
                return;
            }

            (Stream layer, string name) = Open(form, top);
            top = new PeekedStream(layer, ownsInner: true);
            names.Add(name);
            isGzipAlone = form == PackingForm.Gzip && depth == 0;
        }
    }

    private enum PackingForm
    {
        None,
        Gzip,
        Zstandard,
        Xz,
    }

    /// <summary>Bytes of the input read so far.</summary>
    public long InputSize => first.InputSize;

    /// <summary>The next bytes; 0 at the end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (isOver)
            return 0;
        try
        {
            int count = top.Read(buffer);
            outputSize += count;
            if (count == 0 && IsGzipCut)
                End();
            return count;
        }
        catch (Exception error) when (IsDamage(error))
        {
            End();
            return 0;
        }
    }

    public void Dispose() => top.Dispose();

    private static PackingForm Recognize(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return PackingForm.Gzip;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return PackingForm.Zstandard;
        return head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? PackingForm.Xz : PackingForm.None;
    }

    private static (Stream Layer, string Name) Open(PackingForm form, Stream packed)
    {
        switch (form)
        {
            case PackingForm.Gzip:
                return (new GZipStream(packed, CompressionMode.Decompress), "gzip");
            case PackingForm.Zstandard:
                var layer = new DecompressionStream(packed, leaveOpen: false);
                layer.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MostWindowLog);
                return (layer, "zstd");
            default:
                return (new XzStream(packed), "xz");
        }
    }

    private ReadOnlySpan<byte> Peek()
    {
        try
        {
            return top.Peek(HeadSize);
        }
        catch (Exception error) when (IsDamage(error))
        {
            // Too short to look at; reading it finds the same.
            return default;
        }
    }

    // Errors of the input itself are not the packing's: the stream below remembers whether it failed.
    private bool IsDamage(Exception error) => !input.HasFailed && error is InvalidDataException or IOException or ZstdException;

    // A gzip file that is cut off simply ends for its reader. Then its last bytes are no size, which shows unless the output is gigantic.
    private bool IsGzipCut => isGzipAlone && outputSize < 1L << 30 && input.Tail > outputSize;

    private void End()
    {
        isOver = true;
        context.Remark(CarrierDiagnostics.DamagedPacking, DiagnosticSeverity.Warning, 0, "the compressed input is damaged or cut off; only what came before was used");
    }
}
