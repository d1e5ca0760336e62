using System.IO.Compression;

namespace Faultline.Cli.Tests;

/// <summary>The demo's program, a stripped Go 1.27 binary for amd64 that never changes, unpacked for a test.</summary>
internal sealed class DemoBinary : IDisposable
{
    public const string Name = "maphot";

    private readonly string folder = Directory.CreateTempSubdirectory("faultline-").FullName;

    public DemoBinary()
    {
        using FileStream packed = File.OpenRead(System.IO.Path.Combine(Program.SourceFolder(), "..", "..", "demo", "maphot.gz"));
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        using FileStream file = File.Create(Path);
        unpacked.CopyTo(file);
    }

    public string Path => System.IO.Path.Combine(folder, Name);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
