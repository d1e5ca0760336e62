using System.Text;

namespace Faultline.Reports.Text;

/// <summary>
/// Makes a terminal's hyperlink (OSC 8) of a printed <c>/path/file.go:LINE</c> whose file is here. The word comes from an escaped text, and of the path only unreserved characters go into the address
/// as they are, so nothing that an input brings along can end the sequence.
/// </summary>
internal static class FileLink
{
    private const string Extension = ".go:";
    private const int MostFiles = 4096;

    private static readonly Dictionary<string, bool> s_known = new(StringComparer.Ordinal);

    /// <summary>The word, as a link if it can be one.</summary>
    public static string Of(string word)
    {
        return TryFind(word, out Range shown, out string address)
            ? $"{word[..shown.Start]}\e]8;;{address}\e\\{word[shown]}\e]8;;\e\\{word[shown.End..]}"
            : word;
    }

    /// <summary>The address of the file that a word names, if there is one here.</summary>
    /// <param name="word">Printable.</param>
    /// <param name="shown">The path and line in the word.</param>
    /// <param name="address">Of the file.</param>
    public static bool TryFind(string word, out Range shown, out string address)
    {
        (shown, address) = (default, "");
        int start = word.IndexOf('/', StringComparison.Ordinal);
        int end = word.LastIndexOf(Extension, StringComparison.Ordinal);
        if (start < 0 || end < start || (start > 0 && word[start - 1] is not ('(' or '[')) || !char.IsAsciiDigit(word.ElementAtOrDefault(end + Extension.Length)))
            return false;
        string path = word[start..(end + Extension.Length - 1)];
        if (!IsHere(path))
            return false;
        int last = end + Extension.Length;
        while (last < word.Length && char.IsAsciiDigit(word[last]))
            last++;
        shown = start..last;
        address = $"file://{Uri.EscapeDataString(Environment.MachineName)}{Address(path)}";
        return true;
    }

    private static bool IsHere(string path)
    {
        if (!s_known.TryGetValue(path, out bool isHere))
        {
            if (s_known.Count >= MostFiles)
                return false;
            FileInfo file = new(path);
            s_known.Add(path, isHere = file.Exists && file.Attributes is var kind && (kind & (FileAttributes.Directory | FileAttributes.Device)) == FileAttributes.None);
        }

        return isHere;
    }

    private static string Address(string path)
    {
        StringBuilder address = new();
        foreach (string part in path.Split('/').Skip(1))
            address.Append('/').Append(Uri.EscapeDataString(part));
        return address.ToString();
    }
}
