using System.Runtime.InteropServices;

namespace Faultline.Cli.Mcp;

/// <summary>Paths as the kernel walks them: absolute, without <c>..</c> and symbolic links.</summary>
internal static partial class RealPath
{
    /// <summary>The real path; null when nothing is there, or the way there may not be walked.</summary>
    public static string? TryFind(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return null;
        nint found = Resolve(path, 0);
        if (found == 0)
            return null;
        string? real = Marshal.PtrToStringUTF8(found);
        Release(found);
        return real;
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Release(nint pointer);
}
