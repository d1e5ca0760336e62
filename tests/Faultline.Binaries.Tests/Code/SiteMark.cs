using System.Globalization;
using Faultline.Binaries.Code;

namespace Faultline.Binaries.Tests.Code;

/// <summary>What a comment in the test program says about the map operation on its line; the program's own comment explains the marks.</summary>
/// <param name="Line">One-based line.</param>
/// <param name="Operation">The operation that has to be found there.</param>
/// <param name="Types">The types that the call can have; generic code has one in each instance.</param>
/// <param name="Home">The first root; empty when nothing is said about it.</param>
/// <param name="IsPrivate">The map never leaves the function.</param>
/// <param name="IsOpen">Completeness is not demanded.</param>
/// <param name="Labels">The maps of the running program that the operand can be.</param>
/// <param name="Apart">Labels of maps that the operand must be proven different from.</param>
public sealed record SiteMark(
    int Line, MapOperation Operation, IReadOnlyList<string> Types, string Home, bool IsPrivate, bool IsOpen, IReadOnlyList<string> Labels, IReadOnlyList<string> Apart)
{
    private const string SiteStart = "// site: ";
    private const string GoStart = "// go: ";

    public static IReadOnlyList<SiteMark> ReadSites(string program) =>
        [.. Lines(program, SiteStart).Select(line => Parse(line.Number, line.Mark))];

    /// <summary>Lines of go statements, and the function that each one starts.</summary>
    public static IReadOnlyList<(int Line, string Entry)> ReadGoStatements(string program) => [.. Lines(program, GoStart)];

    private static IEnumerable<(int Number, string Mark)> Lines(string program, string start)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Programs", program, "main.go"));
        for (var i = 0; i < lines.Length; i++)
        {
            var at = lines[i].IndexOf(start, StringComparison.Ordinal);
            if (at >= 0)
                yield return (i + 1, lines[i][(at + start.Length)..].Trim());
        }
    }

    private static SiteMark Parse(int line, string mark)
    {
        var parts = mark.Split("; ");
        var (operation, types) = parts[0].Split(' ', 2) is [var first, var second] ? (first, second) : throw new FormatException(mark);
        var home = parts.FirstOrDefault(part => part.StartsWith("global ", StringComparison.Ordinal) || part.StartsWith("field ", StringComparison.Ordinal) || part is "made" or "private") ?? "";
        return new SiteMark(
            line,
            Enum.Parse<MapOperation>(operation),
            types.Split('|'),
            home,
            parts.Contains("private", StringComparer.Ordinal),
            parts.Contains("open", StringComparer.Ordinal),
            After(parts, "is "),
            After(parts, "apart from "));
    }

    private static string[] After(string[] parts, string word) =>
        parts.FirstOrDefault(part => part.StartsWith(word, StringComparison.Ordinal)) is { } found ? found[word.Length..].Split(',') : [];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Operation} {string.Join('|', Types)}");
}
