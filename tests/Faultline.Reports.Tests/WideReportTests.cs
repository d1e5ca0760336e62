using System.Text.RegularExpressions;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Reports.Text;

namespace Faultline.Reports.Tests;

/// <summary>The text report on a terminal that is wide enough for both sides next to each other.</summary>
public sealed partial class WideReportTests
{
    [Theory]
    [InlineData("map-race-probable", 140)]
    [InlineData("map-race-probable", 200)]
    [InlineData("deadlock", 140)]
    [InlineData("deadlock", 200)]
    [InlineData("victim-only", 140)]
    [InlineData("victim-only", 200)]
    [InlineData("no-victim", 140)]
    public void Reads_as_its_golden(string sample, int columns) => Golden.Check($"{sample}.wide{columns}.txt", Render(Sample(sample), Wide(columns)));

    [Theory]
    [InlineData("map-race-probable")]
    [InlineData("recorded")]
    [InlineData("candidate-lines")]
    [InlineData("victim-only")]
    public void Both_sides_share_lines(string sample)
    {
        string[] lines = Render(Sample(sample), Wide(140)).Split('\n');
        Assert.Contains(lines, line => line.Contains("Victim", StringComparison.Ordinal) && line.Contains("Rival", StringComparison.Ordinal));
        Assert.DoesNotContain(Render(Sample(sample), new TextStyle(140, Color: false)).Split('\n'), line => line.Contains("Victim", StringComparison.Ordinal) && line.Contains("Rival", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(130)]
    [InlineData(140)]
    [InlineData(200)]
    [InlineData(240)]
    public void Says_the_verdict_in_15_lines_and_none_is_wider_than_the_terminal(int columns)
    {
        foreach (string sample in SampleReports.Names.Select(row => row.Data).Append("victim-only").Append("long"))
        {
            if (Sample(sample).Incidents is not [{ } incident])
                continue;
            string[] lines = Render(SampleReports.Of(incident), Wide(columns)).Split('\n');
            int end = Array.FindIndex(lines, line => line == "Evidence") - 1;
            Assert.True(end <= 15, $"{sample} at {columns} columns takes {end} lines");
            Assert.All(lines.Take(end), line => Assert.True(Cells(line) <= columns || line.Split(' ').Any(word => Cells(word) > columns - 20), $"{sample} at {columns} columns: {Cells(line)}: {line}"));
        }
    }

    [Fact]
    public void Takes_fewer_lines_than_one_column()
    {
        static int End(TextStyle style) => Array.IndexOf(Render(SampleReports.Get("map-race-probable"), style).Split('\n'), "Evidence");
        Assert.True(End(Wide(140)) <= End(new TextStyle(140, Color: false)));
        Assert.True(End(Wide(160)) < End(new TextStyle(140, Color: false)));
    }

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        string plain = Render(Sample("map-race-probable"), Wide(140));
        string coloured = Render(Sample("map-race-probable"), Wide(140) with { Color = true });
        Assert.DoesNotContain('\e', plain);
        Assert.Contains("\e[33mPROBABLE:\e[0m goroutine 21", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, Sequence().Replace(coloured, ""));
    }

    /// <summary>Of words that do not fit next to each other none is cut: they stand under one another, as on a narrow terminal.</summary>
    [Fact]
    public void Cuts_no_word()
    {
        string file = "/home/build/" + string.Concat(Enumerable.Repeat("internal/", 9)) + "cache.go";
        Incident race = SampleReports.MapRace();
        DiagnosisReport report = SampleReports.Of(race with { Victim = race.Victim! with { File = file }, Rivals = [race.Rivals[0] with { File = file }] });
        Assert.Equal(Render(report, new TextStyle(140, Color: false)), Render(report, Wide(140)));
        string wide = Render(report, Wide(240));
        Assert.Contains(wide.Split('\n'), line => line.Contains($" {file}:42 ", StringComparison.Ordinal) && line.EndsWith($" {file}:77", StringComparison.Ordinal));

        // A short side leaves its room to the other.
        report = SampleReports.Of(race with { Rivals = [race.Rivals[0] with { File = file[..70] + ".go" }] });
        Assert.Contains(Render(report, Wide(140)).Split('\n'), line => line.Contains("/src/shop/cache.go:42 ", StringComparison.Ordinal) && line.EndsWith($" {file[..70]}.go:77", StringComparison.Ordinal));
    }

    [Fact]
    public void Hostile_text_stays_text_and_keeps_the_columns()
    {
        Incident race = SampleReports.MapRace();
        Access victim = race.Victim! with
        {
            Status = "[red]running[/]",
            Function = "main.\e[2J\e[31mput\u202e",
            File = "/src/世界/[link=http:evil]\a\u009bcache.go",
            Expression = "m[\"世界\n世界\r\"] = [bold]x[/] :bomb:",
            CreatedBy = new CreatedBy("main.[invert]\u200b世界[/]", "/src/\tmain.go", 1, 1),
        };
        string[] lines = Render(SampleReports.Of(race with { Victim = victim }), Wide(200) with { Color = true }).Split('\n');
        string[] printed = [.. lines.Select(line => Sequence().Replace(line, ""))];
        Assert.DoesNotContain(printed, line => line.Any(character => char.IsControl(character) || character is '\u202e' or '\u200b'));
        int first = Array.FindIndex(printed, line => line.StartsWith("  Victim", StringComparison.Ordinal));
        Assert.Contains("goroutine 34 [[red]running[/]], map write: m[\"世界\\n世界\\r\"] = [bold]x[/] :bomb:", printed[first], StringComparison.Ordinal);
        Assert.Contains("main.\\x1b[2J\\x1b[31mput\\u{202e}, pc 0x4a1b31", printed[first + 1], StringComparison.Ordinal);
        Assert.Contains("/src/世界/[link=http:evil]\\x07\\x9bcache.go:42", printed[first + 2], StringComparison.Ordinal);
        Assert.Contains("started by main.[invert]\\u{200b}世界[/], /src/\\tmain.go:1, in goroutine 1", printed[first + 3], StringComparison.Ordinal);
        string[] rivals = ["PROBABLE:", "main.(*cache).expire", "/src/shop/cache.go:77", "started by main.main"];
        int[] starts = [.. rivals.Select((text, row) => Cells(printed[first + row][..printed[first + row].LastIndexOf(text, StringComparison.Ordinal)]))];
        Assert.Single(starts.Distinct());
    }

    [Fact]
    public void Sources_stand_next_to_each_other_if_the_lines_in_question_fit()
    {
        string folder = Directory.CreateTempSubdirectory("faultline").FullName;
        try
        {
            string file = Path.Combine(folder, "cache.go");
            File.WriteAllText(file, string.Concat(Enumerable.Range(1, 100).Select(line => $"\tline[{line}]({(line is 41 or 60 ? new string('x', 120) : "")})\n")));
            Incident race = SampleReports.MapRace();
            DiagnosisReport At(int line) => SampleReports.Of(race with { Victim = race.Victim! with { File = file, Line = line }, Rivals = [race.Rivals[0] with { File = file }] });
            string wide = Render(At(42), Wide(140));
            Assert.Matches(@"\n  > 42      line\[42\]\(\) +> 77      line\[77\]\(\)\n", wide);
            Assert.Matches(@"\n    41      line\[41\]\(x+… +76      line\[76\]\(\)\n", wide);
            Assert.Single(Regex.Matches(wide, "Source \\(as the files are now\\)", RegexOptions.None, TimeSpan.FromSeconds(5)));
            string[] cut = Render(At(60), Wide(140)).Split('\n');
            Assert.Contains(cut, line => line.StartsWith("  > 60 ", StringComparison.Ordinal));
            Assert.Contains(cut, line => line.StartsWith("  > 77 ", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Files_that_are_here_are_links_without_colour_too()
    {
        string folder = Directory.CreateTempSubdirectory("faultline").FullName;
        try
        {
            string file = Path.Combine(folder, "[red]cache.go");
            File.WriteAllText(file, "package main\n");
            Incident race = SampleReports.MapRace();
            DiagnosisReport report = SampleReports.Of(race with { Victim = race.Victim! with { File = file } });
            string linked = Render(report, Wide(160) with { Links = true });
            Assert.Matches(@"  \e\]8;[^;]*;file://[^/\e]+/[^\e]*/%5Bred%5Dcache\.go\e\\/[^\e ]*/\[red\]cache\.go:42\e\]8;;\e\\ ", linked);
            Assert.DoesNotContain("\e[", linked, StringComparison.Ordinal);
            Assert.Equal(Render(report, Wide(160)), Link().Replace(linked, ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DiagnosisReport Sample(string name) => name switch
    {
        "victim-only" => SampleReports.Of(SampleReports.MapRace() with { Rivals = [], Summary = "Goroutine 34 found the map being written while it wrote itself.", Confidence = null }),
        "long" => SampleReports.Of(Long()),
        _ => SampleReports.Get(name),
    };

    /// <summary>More of everything than 15 lines hold, in short words.</summary>
    private static Incident Long()
    {
        string text = string.Join(' ', Enumerable.Repeat("words", 300));
        Incident race = SampleReports.MapRace();
        Access victim = race.Victim! with { Expression = text, Status = text, Why = text, CreatedBy = new CreatedBy(text, text, 1, 1) };
        return race with { Victim = victim, Rivals = [victim, victim], Summary = text, Fault = race.Fault with { Message = text }, Object = race.Object! with { Name = text } };
    }

    private static TextStyle Wide(int columns) => new(Math.Min(columns, 140), Color: false, SideBySideWidth: columns);

    private static int Cells(string line) => line.Sum(character => character is >= '\u2e80' and <= '\uffdc' ? 2 : 1);

    private static string Render(DiagnosisReport report, TextStyle style)
    {
        using StringWriter writer = new();
        TextReport.Write(report, writer, style);
        return writer.ToString();
    }

    [GeneratedRegex("\e\\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Sequence();

    [GeneratedRegex("\e\\]8;[^\e]*\e\\\\", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
