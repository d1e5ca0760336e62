using System.Text;
using Faultline.Binaries.Code;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Races;

/// <summary>The frames of a stream, each once: a log of a hundred thousand reports has few of them.</summary>
internal sealed class RaceFrameTable
{
    private readonly ByteInterner keys = new(RaceLimits.DistinctFrameCount, RaceLimits.DistinctFrameSize);
    private readonly List<RaceFrame> frames = [];
    private readonly ScratchText key = new();

    /// <summary>Finds or makes the frame of two lines; null when the cap is reached.</summary>
    public RaceFrame? Find(ReadOnlySpan<byte> function, ReadOnlySpan<byte> place)
    {
        key.Start(function.Length + place.Length + 1);
        key.Add(function);
        key.Add((byte)'\n');
        key.Add(place);
        if (!keys.TryIntern(key.Span, out int index, out bool isNew))
            return null;
        if (isNew)
            frames.Add(Read(function, place));
        return frames[index];
    }

    private static RaceFrame Read(ReadOnlySpan<byte> function, ReadOnlySpan<byte> place)
    {
        RaceLine.TryReadPlace(place, out ReadOnlySpan<byte> file, out int line, out ulong? offset);
        string name = Encoding.UTF8.GetString(function);
        return new RaceFrame(name, Encoding.UTF8.GetString(file), line, offset) { IsStandard = StandardLibrary.HasFunction(name) };
    }
}
