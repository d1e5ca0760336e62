namespace Faultline.Samples;

/// <summary>The folder that <c>eng/toolchains.sh</c> fills: <c>$FAULTLINE_CACHE</c>, else <c>faultline</c> below <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>.</summary>
public static class CacheFolder
{
    public static string Path { get; } = Find();

    /// <summary>Combines the cache folder with names below it.</summary>
    public static string Below(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FAULTLINE_CACHE") is { Length: > 0 } own)
            return own;
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches)
            return System.IO.Path.Combine(caches, "faultline");
        return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "faultline");
    }
}
