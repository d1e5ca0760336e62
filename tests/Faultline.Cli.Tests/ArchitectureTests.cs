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
    public void Nothing_is_a_stub()
    {
        IEnumerable<string> stubs = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("TODO-STUB", StringComparison.Ordinal));
        Assert.Empty(stubs.Select(path => Path.GetRelativePath(Root, path)));
    }
}
