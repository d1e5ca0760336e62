using System.IO.Compression;
using Faultline.Binaries.Reading;
using ZstdSharp;

namespace Faultline.Runtime.Cores;

/// <summary>
/// Opens a core that may be compressed (gzip, Zstandard, xz, told by content). Memory is read in any order, so such a core is unpacked
/// into a temporary file, with holes where it is zero; the file has no name any more once it is mapped.
/// </summary>
internal static class CoreUnpacker
{
    private const int BlockSize = 64 * 1024;
    private const int MostWindowLog = 27;

    /// <exception cref="IOException">The file cannot be opened, or there is no room or no program to unpack it.</exception>
    public static MappedFile Open(string path, DiagnosticLog log)
    {
        var file = MappedFile.Open(path);
        file.TrySlice(0, Math.Min(file.Length, 6), out var head);
        var form = Recognize(head);
        if (form == PackingForm.None)
            return file;
        file.Dispose();
        return Unpack(path, form, log);
    }

    /// <summary>The first bytes of what a file holds, unpacked; fewer when there are no more or they cannot be unpacked.</summary>
    public static int ReadHead(string path, Span<byte> head)
    {
        try
        {
            using var packed = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var count = packed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            var form = Recognize(head[..count]);
            if (form == PackingForm.None)
                return count;
            packed.Position = 0;
            using var unpacked = Layer(packed, path, form);
            return unpacked.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is InvalidDataException or ZstdException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private enum PackingForm
    {
        None,
        Gzip,
        Zstandard,
        Xz,
    }

    private static PackingForm Recognize(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return PackingForm.Gzip;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return PackingForm.Zstandard;
        return head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? PackingForm.Xz : PackingForm.None;
    }

    private static MappedFile Unpack(string path, PackingForm form, DiagnosticLog log)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"faultline-core-{Guid.NewGuid():N}");
        try
        {
            using (var output = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
                Copy(path, form, output, log);
            return MappedFile.Open(temporary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Copy(string path, PackingForm form, FileStream output, DiagnosticLog log)
    {
        using var packed = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var unpacked = Layer(packed, path, form);
        var block = new byte[BlockSize];
        var (position, written) = (0L, 0L);
        try
        {
            for (int count; (count = unpacked.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)) > 0; position += count)
            {
                if (position > CoreLimits.UnpackedSize || written > CoreLimits.WrittenSize)
                {
                    log.Add("CORE0105", DiagnosticSeverity.Warning, position, $"the unpacked core is larger than {CoreLimits.WrittenSize >> 30} GiB: the rest was left out");
                    break;
                }

                if (!block.AsSpan(0, count).ContainsAnyExcept((byte)0))
                    continue;
                output.Seek(position, SeekOrigin.Begin);
                output.Write(block.AsSpan(0, count));
                written += count;
            }
        }
        catch (Exception error) when (error is InvalidDataException or ZstdException or EndOfStreamException)
        {
            log.Add("CORE0104", DiagnosticSeverity.Warning, position, "the compressed core is damaged or cut off: only what came before was used");
        }

        output.SetLength(position);
    }

    private static Stream Layer(FileStream packed, string path, PackingForm form)
    {
        switch (form)
        {
            case PackingForm.Gzip:
                return new GZipStream(packed, CompressionMode.Decompress);
            case PackingForm.Zstandard:
                var layer = new DecompressionStream(packed, leaveOpen: false);
                layer.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MostWindowLog);
                return layer;
            default:
                return new XzReader(path);
        }
    }
}
