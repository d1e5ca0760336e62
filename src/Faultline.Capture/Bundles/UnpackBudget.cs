using Faultline.Binaries.Reading;

namespace Faultline.Capture.Bundles;

/// <summary>
/// How much an archive may unpack to. Recordings shrink to a tenth, logs of equal lines to a hundredth; what grows a thousandfold was made to fill a disk.
/// </summary>
internal sealed class UnpackBudget(string path, long packedSize)
{
    private const long LeastSize = 64L * 1024 * 1024, LargestSize = 64L * 1024 * 1024 * 1024;
    private const long MostGrowth = 1000;
    private const int MostEntries = 1024;

    private long _left = Math.Clamp(packedSize, LeastSize / MostGrowth, LargestSize / MostGrowth) * MostGrowth;
    private int _entries;

    public void TakeEntry()
    {
        if (++_entries > MostEntries)
            throw new MalformedDataException(path, 0, "archive", $"it has more than {MostEntries} entries");
    }

    public void Copy(Stream content, Stream target)
    {
        byte[] block = new byte[128 * 1024];
        for (int read; (read = content.Read(block)) > 0;)
        {
            _left -= read;
            if (_left < 0)
                throw new MalformedDataException(path, 0, "archive", "it unpacks to more than a thousand times its size");
            target.Write(block.AsSpan(0, read));
        }
    }
}
