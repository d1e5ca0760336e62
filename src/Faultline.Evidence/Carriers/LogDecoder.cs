using System.Buffers;
using Faultline.Evidence.Carriers.Packing;

namespace Faultline.Evidence.Carriers;

/// <summary>Takes the next bytes of a log as UTF-8; valid during the call.</summary>
internal delegate void TextConsumer(ReadOnlySpan<byte> text);

/// <summary>The bytes of an input as plain text: unpacked, and turned into UTF-8 when a mark says UTF-16.</summary>
internal sealed class LogDecoder(TextConsumer consumer)
{
    private const int ReadSize = 256 * 1024;

    private readonly List<string> packing = [];
    private readonly Utf16Text utf16 = new();

    /// <summary>Reads a whole stream; <paramref name="progress"/> gets the bytes read from it so far. Its own errors pass through.</summary>
    /// <exception cref="MissingToolException">The input needs a program to unpack it that is not installed.</exception>
    public void Read(Stream stream, CarrierContext context, Action<long>? progress)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            using var unpacked = new UnpackedStream(stream, context, packing);
            for (int count; (count = unpacked.Read(buffer)) > 0;)
            {
                Write(buffer.AsSpan(0, count));
                progress?.Invoke(unpacked.InputSize);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes the next bytes of an input that is not compressed; any split is allowed.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (utf16.TryTake(ref bytes))
        {
            while (!bytes.IsEmpty)
                consumer(utf16.Decode(ref bytes));
        }
        else if (utf16.IsDecided)
        {
            consumer(utf16.TakeHeldBack());
            consumer(bytes);
        }
    }

    /// <summary>Hands on what was held back in wait for more.</summary>
    public void Complete() => consumer(utf16.TakeHeldBack());

    /// <summary>Names what the text was wrapped in, outermost first; null for plain text.</summary>
    public string? Describe(CarrierKinds kinds)
    {
        List<string> names = [.. packing];
        CarrierNames.AddTo(names, utf16.IsFound ? kinds | CarrierKinds.Utf16 : kinds);
        return names.Count == 0 ? null : string.Join(", ", names);
    }
}
