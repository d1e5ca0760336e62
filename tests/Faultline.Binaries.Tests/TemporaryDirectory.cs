using System.Globalization;

namespace Faultline.Binaries.Tests;

/// <summary>Files of one test, deleted with it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("faultline-");
    private int _count;

    public string Root => _directory.FullName;

    public string Write(ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_directory.FullName, (_count++).ToString(CultureInfo.InvariantCulture));
        using var stream = File.Create(path);
        stream.Write(bytes);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
