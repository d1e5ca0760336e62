using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary>The map sites of real programs against their sources and against what they count when they run.</summary>
public sealed partial class MapSitesTests
{
    // Operations of the sample's own functions, by type, as its source has them. A loop over a map is two calls: its start and its step.
    private static readonly Dictionary<string, string> s_operations = new(StringComparer.Ordinal)
    {
        ["map[string]int"] = "clear 1, clone 1, delete 1, iterate 2, read 2, write 1",
        ["map[uint32]uint32"] = "delete 1, read 1, write 1",
        ["map[int64]*int"] = "delete 1, read 1, write 1",
    };

    public static IEnumerable<TheoryDataRow<string, BuildMode>> Builds() =>
        from release in (string[])["1.22", "1.24", "1.27"]
        from mode in (BuildMode[])[BuildMode.Plain, BuildMode.Stripped]
        select new TheoryDataRow<string, BuildMode>(release, mode);

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task Operations_are_those_of_the_source(string release, BuildMode mode)
    {
        SampleBinary sample = SampleBinary.Build(SampleProgram.Find("mapops"), Toolchain.TryFind(release)!, mode);
        using JsonDocument document = await Read(sample.Path, "--func", "main.");
        foreach ((string type, string operations) in s_operations)
        {
            JsonElement[] sites = SitesOf(document, type);
            IEnumerable<string> counts = sites.CountBy(site => site.GetProperty("operation").GetString()!, StringComparer.Ordinal).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}"));
            Assert.Equal(operations, string.Join(", ", counts));
            Assert.All(sites.Where(site => site.GetProperty("file").GetString() == sample.Program.Sources[0]), site => Assert.Matches(PatternOf(site.GetProperty("operation").GetString()!), LineOf(sample.Program, site)));
            Assert.All(sites, site => Assert.True(site.GetProperty("fromMain").GetBoolean()));
        }
    }

    /// <summary>Code, line tables and type descriptors stay when a binary is stripped, so all that is said stays: types, or the keys where the type is not known, too.</summary>
    [Theory]
    [InlineData("mapgeneric", "1.19", 200, "unknown type")]
    [InlineData("mapops", "1.24", 40, "unknown type with string keys")]
    [InlineData("webserver", "1.27", 700, "unknown type with string keys")]
    public async Task A_stripped_binary_says_the_same(string program, string release, int least, string unknown)
    {
        List<string> documents = [];
        foreach (BuildMode mode in (BuildMode[])[BuildMode.Plain, BuildMode.Stripped])
        {
            SampleBinary sample = SampleBinary.Build(program == "webserver" ? SampleProgram.FindParked(program) : SampleProgram.Find(program), Toolchain.TryFind(release)!, mode);
            using JsonDocument document = await Read(sample.Path, "--all");
            Assert.Equal(sample.Path, document.RootElement.GetProperty("binary").GetString());
            JsonElement[] types = [.. document.RootElement.GetProperty("types").EnumerateArray()];
            Assert.True(types.Sum(type => type.GetProperty("sites").GetArrayLength()) > least);
            Assert.Contains(types, type => type.GetProperty("type").GetString() == unknown);
            documents.Add(string.Join('\n', document.RootElement.EnumerateObject().Where(property => property.Name != "binary").Select(property => property.ToString())));
        }

        Assert.Equal(documents[0], documents[1]);
    }

    /// <summary>The program prints how often it performed each operation on the map of strings: those that it performed are those that are listed.</summary>
    [Fact]
    public async Task Operations_are_those_that_the_program_performs()
    {
        SampleBinary sample = SampleBinary.Build(SampleProgram.Find("mapops"), Toolchain.Newest!);
        ProcessStartInfo start = new(sample.Path) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Outcome run = await Program.Finish(Process.Start(start)!, default);
        string counted = run.Text.Split('\n').Single(line => line.StartsWith("string ", StringComparison.Ordinal));
        string[] performed = [.. Counters().Matches(counted).Where(match => match.Groups["count"].Value != "0").Select(match => match.Groups["operation"].Value).Order(StringComparer.Ordinal)];
        using JsonDocument document = await Read(sample.Path, "--func", "main.words");
        string[] listed = [.. SitesOf(document, "map[string]int").Select(site => site.GetProperty("operation").GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.Equal(performed, listed);
        Assert.Equal(6, listed.Length);
    }

    /// <summary>The lines that collide in the sample are on goroutines of different starts, the innocent ones are not.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.22")]
    [InlineData("1.27")]
    public async Task The_lines_that_collide_are_possible_conflicts(string release)
    {
        SampleBinary sample = SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.TryFind(release)!);
        using JsonDocument document = await Read(sample.Path);
        foreach (SourceMarker marker in sample.Program.Markers.Where(marker => marker.Role == "race"))
        {
            JsonElement type = document.RootElement.GetProperty("types").EnumerateArray().Single(item => item.GetProperty("sites").EnumerateArray().Any(site => IsAt(site, marker)));
            Assert.Equal("possible", type.GetProperty("conflict").GetString());
            Assert.True(type.GetProperty("goroutineStarts").GetInt32() > 1);
            Assert.All(type.GetProperty("sites").EnumerateArray().Where(site => IsAt(site, marker)), site => Assert.Equal(marker.Operation, site.GetProperty("operation").GetString()));
        }

        Assert.Contains(document.RootElement.GetProperty("types").EnumerateArray(), type => type.GetProperty("conflict").GetString() == "none known");
    }

    private static bool IsAt(JsonElement site, SourceMarker marker) => site.GetProperty("line").GetInt32() == marker.Line && site.GetProperty("file").GetString() == marker.File;

    private static JsonElement[] SitesOf(JsonDocument document, string type) =>
        [.. document.RootElement.GetProperty("types").EnumerateArray().Single(item => item.GetProperty("type").GetString() == type).GetProperty("sites").EnumerateArray()];

    private static string LineOf(SampleProgram program, JsonElement site) => File.ReadLines(program.Sources[0]).ElementAt(site.GetProperty("line").GetInt32() - 1);

    private static string PatternOf(string operation) => operation switch
    {
        "write" => @"\] =",
        "delete" => @"delete\(",
        "iterate" => "range",
        "clear" => @"clear\(",
        "clone" => @"Clone\(",
        _ => @"m(32|64)?\[",
    };

    private static async Task<JsonDocument> Read(string path, params string[] options)
    {
        Outcome outcome = await Program.Run(default, ["mapsites", path, "--format", "json", .. options]);
        Assert.Equal(0, outcome.ExitCode);
        return JsonDocument.Parse(outcome.Text);
    }

    [GeneratedRegex("(?<operation>[a-z]+)=(?<count>[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Counters();
}
