using System.Text.RegularExpressions;

namespace Faultline.Samples;

/// <summary>A line of a sample that its trailing comment names: <c>// race:write join</c>.</summary>
/// <param name="Label">The text of the comment: <c>race:write join</c>. Unique within a program.</param>
/// <param name="File">Absolute path of the source file.</param>
/// <param name="Line">One-based line.</param>
public sealed partial record SourceMarker(string Label, string File, int Line)
{
    /// <summary>The part before the colon: race, decoy, innocent, fault, cause; append, load or access for a shared slice.</summary>
    public string Role => Label[..Label.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The word after the colon: read, write, delete, close …</summary>
    public string Operation => Label[(Label.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ')[0];

    /// <summary>The markers of a Go source file, from top to bottom.</summary>
    public static IEnumerable<SourceMarker> Enumerate(string path)
    {
        int line = 0;
        foreach (string text in System.IO.File.ReadLines(path))
        {
            line++;
            Match match = Pattern().Match(text);
            if (match.Success)
                yield return new SourceMarker(match.Groups["label"].Value, path, line);
        }
    }

    [GeneratedRegex(@"\S.*// (?<label>(race|decoy|innocent|fault|cause|append|load|access):[a-z]+( [a-z]+)?)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
