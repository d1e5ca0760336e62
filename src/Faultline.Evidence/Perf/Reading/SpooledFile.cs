using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Perf.Reading;

/// <summary>Keeps the bytes of a pipe in a temporary file, so that they can be mapped. Its name is removed at once: nothing is left behind, even after a kill.</summary>
internal static class SpooledFile
{
    public static MappedFile Map(Stream stream)
    {
        string path = Path.Combine(Path.GetTempPath(), $"faultline-perf-{Guid.NewGuid():N}");
        try
        {
            // A recording can hold parts of the program's memory, so nobody else may read it.
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream copy = new(path, options))
                stream.CopyTo(copy);

            return MappedFile.Open(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
