using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>
/// The struct types of a binary as pahole reads them from DWARF. It also lists what Go's DWARF describes as structs without their being
/// any in the source: strings, slices, interfaces and the insides of maps. What it writes about constants, which it does not handle, goes
/// to its error output and changes nothing.
/// </summary>
internal static partial class PaholeLayouts
{
    private const long FunctionSize = 8;

    /// <summary>By name, as pahole says it.</summary>
    public static Dictionary<string, PaholeStruct> Read(string path)
    {
        var output = ExternalTool.Run("pahole", ["-F", "dwarf", "--suppress_aligned_attribute", "--suppress_packed", path]);
        var found = new Dictionary<string, PaholeStruct>(StringComparer.Ordinal);
        var (name, body) = ("", new List<string>());
        foreach (var line in output.Split('\n'))
        {
            if (line.StartsWith("struct ", StringComparison.Ordinal) && line.EndsWith(" {", StringComparison.Ordinal))
                (name, body) = (line["struct ".Length..^" {".Length], []);
            else if (line == "};")
                found.Add(name, Parse(name, body));
            else if (line.Length > 0)
                body.Add(line);
        }

        return found;
    }

    private static PaholeStruct Parse(string name, List<string> body)
    {
        var summary = body.Select(line => SummaryPattern().Match(line)).Single(match => match.Success);
        var size = Number(summary, "size");
        var (fields, gaps, functions) = (new StringBuilder(), new List<long>(), 0);
        foreach (var line in body)
        {
            if (FieldPattern().Match(line) is { Success: true } part)
            {
                var length = Number(part, "size");
                if (length > size)
                {
                    // pahole has no size for a function type and prints a number that has nothing to do with it, times the elements of an
                    // array; what Go keeps is a pointer to a closure. A field is never larger than its struct, so this is certain.
                    length = FunctionSize * CountPattern().Matches(part.Groups["counts"].Value).Aggregate(1L, (count, match) => count * Number(match, "count"));
                    functions++;
                }

                fields.Append(CultureInfo.InvariantCulture, $"  {part.Groups["name"].Value} {Number(part, "offset")}+{length}\n");
            }
            else if (GapPattern().Match(line) is { Success: true } gap)
            {
                gaps.Add(Number(gap, "hole"));
            }
            else if (!line.StartsWith("\t/* ", StringComparison.Ordinal))
            {
                throw new FormatException($"pahole says '{line}' of {name}");
            }
        }

        return new PaholeStruct(string.Create(CultureInfo.InvariantCulture, $"{name} {size}\n{fields}"), gaps, Number(summary, "lines"), functions);
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    // A type is cut off when it is long; a name never is. An array of nothing at the end is taken for C's flexible one, "last[]".
    [GeneratedRegex(@"^\t.*\s(?<name>\.?\w+)(?<counts>(\[[0-9]*\])*);\s*/\* +(?<offset>[0-9]+) +(?<size>[0-9]+) \*/$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FieldPattern();

    [GeneratedRegex(@"\[(?<count>[0-9]+)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"^\t/\* (XXX (?<hole>[0-9]+) bytes? hole, try to pack|padding: (?<hole>[0-9]+)) \*/$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GapPattern();

    [GeneratedRegex(@"^\t/\* size: (?<size>[0-9]+), cachelines: (?<lines>[0-9]+), members: [0-9]+ \*/$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SummaryPattern();
}
