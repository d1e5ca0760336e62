namespace Faultline.Capture.Machine;

/// <summary>Small files of <c>/proc</c> and <c>/sys</c>.</summary>
internal static class KernelFile
{
    /// <summary>The content without its final newline; null when it does not exist or is not for this user.</summary>
    public static string? Read(string path)
    {
        try
        {
            using StreamReader reader = new(path);
            return reader.ReadToEnd().TrimEnd('\n', '\0');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The rest of the line that begins with a word; null when there is none.</summary>
    public static string? Field(string path, string word)
    {
        foreach (string line in (Read(path) ?? "").Split('\n'))
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
                return line[word.Length..].Trim();
        }

        return null;
    }
}
