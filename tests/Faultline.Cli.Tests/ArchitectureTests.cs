using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Faultline.Cli.Tests;

/// <summary>Holds the rooms to the table in docs/architecture.md: who may use whom.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Faultline.Binaries"] = [],
        ["Faultline.Runtime"] = ["Faultline.Binaries"],
        ["Faultline.Evidence"] = ["Faultline.Binaries"],
        ["Faultline.Diagnosis"] = ["Faultline.Binaries", "Faultline.Runtime", "Faultline.Evidence"],
        ["Faultline.Reports"] = ["Faultline.Diagnosis"],
        ["Faultline.Capture"] = ["Faultline.Diagnosis"],
        ["Faultline.Cli"] = ["Faultline.Binaries", "Faultline.Runtime", "Faultline.Evidence", "Faultline.Diagnosis", "Faultline.Reports", "Faultline.Capture"],
    };

    private static string Root => Path.GetFullPath(Path.Combine(Program.SourceFolder(), "..", ".."));

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_room_uses_only_what_it_may(string project)
    {
        Assert.True(MayUse.TryGetValue(project, out string[]? allowed), $"{project} is not in the table of rooms");
        XDocument file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));
        foreach (XElement reference in file.Descendants("ProjectReference"))
            Assert.Contains(Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!), allowed, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_room_has_tests_in_the_solution(string project)
    {
        string solution = File.ReadAllText(Path.Combine(Root, "Faultline.slnx"));
        Assert.Contains($"src/{project}/{project}.csproj", solution, StringComparison.Ordinal);
        Assert.Contains($"tests/{project}.Tests/{project}.Tests.csproj", solution, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_schema_is_written_in_one_place_and_described()
    {
        List<string> schemas =
        [
            .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines)
                .Where(line => line.Contains("WriteString(\"schema\", \"", StringComparison.Ordinal) || line.Contains("Schema = \"", StringComparison.Ordinal))
                .Select(line => Regex.Match(line, "faultline[a-z-]*/[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value),
        ];
        Assert.True(schemas.Count > 15, $"{schemas.Count} schemas");
        Assert.Equal(schemas.Distinct(StringComparer.Ordinal), schemas);
        string page = File.ReadAllText(Path.Combine(Root, "docs", "json.md"));
        Assert.All(schemas, schema => Assert.Contains($"`{schema}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_a_stub()
    {
        IEnumerable<string> stubs = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("TODO-STUB", StringComparison.Ordinal));
        Assert.Empty(stubs.Select(path => Path.GetRelativePath(Root, path)));
    }
}
