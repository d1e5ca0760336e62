using System.Globalization;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Text;

namespace Faultline.Reports.Tests;

public sealed class TextReportTests
{
    public static TheoryData<string> Samples => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Samples))]
    public void Reads_as_its_golden(string sample) => Golden.Check($"{sample}.txt", Render(SampleReports.Get(sample), TextStyle.Plain));

    [Fact]
    public void Uses_a_wider_terminal() => Golden.Check("map-race-probable.120.txt", Render(SampleReports.Get("map-race-probable"), new TextStyle(120, Color: false)));

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        string plain = Render(SampleReports.Get("map-race-probable"), TextStyle.Plain);
        string coloured = Render(SampleReports.Get("map-race-probable"), TextStyle.Plain with { Color = true });
        Assert.Contains("\e[", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Prints_no_control_character(string sample) =>
        Assert.DoesNotContain(Render(SampleReports.Get(sample), TextStyle.Plain), character => character != '\n' && char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator);

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Says_the_verdict_in_15_lines(int width)
    {
        foreach (string sample in SampleReports.Names.Select(row => row.Data))
        {
            if (SampleReports.Get(sample).Incidents is not [{ } incident])
                continue;
            string[] lines = Render(SampleReports.Of(incident), new TextStyle(width, Color: false)).Split('\n');
            int end = Array.FindIndex(lines, line => line == "Evidence") - 1;
            Assert.True(end <= 15, $"{sample} at {width} columns takes {end} lines");
        }
    }

    [Theory]
    [InlineData(Confidence.Possible, "PROBABLE", "CONFIRMED")]
    [InlineData(Confidence.Probable, "POSSIBLE", "CONFIRMED")]
    public void Never_sounds_surer_than_it_is(Confidence confidence, params string[] forbidden)
    {
        Diagnosis.Incidents.Incident race = SampleReports.MapRace();
        string text = Render(SampleReports.Of(race with { Confidence = confidence, Rivals = [race.Rivals[0] with { Confidence = confidence }] }), TextStyle.Plain);
        Assert.All(forbidden, word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Shows_source_lines_that_exist_here()
    {
        string folder = Directory.CreateTempSubdirectory("faultline").FullName;
        try
        {
            string file = Path.Combine(folder, "cache.go");
            File.WriteAllText(file, string.Concat(Enumerable.Range(1, 100).Select(line => $"\tline{line}\e[0m()\n")));
            Diagnosis.Incidents.Incident race = SampleReports.MapRace();
            string text = Render(SampleReports.Of(race with { Victim = race.Victim! with { File = file } }), TextStyle.Plain);
            Assert.Contains("\n  > 42      line42\\x1b[0m()\n", text, StringComparison.Ordinal);
            Assert.Contains("\n    39      line39", text, StringComparison.Ordinal);
            Assert.DoesNotContain("line46", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Source", Render(SampleReports.Of(race with { Victim = race.Victim! with { File = file, Line = 101 } }), TextStyle.Plain), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("\e[31m\u009b", "\\x1b[31m\\x9b")]
    [InlineData("Grüße, 世界 🚀", "Grüße, 世界 🚀")]
    [InlineData("a\u202eb\u2028", "a\\u{202e}b\\u{2028}")]
    public void Escapes_what_is_not_visible(string text, string printed) => Assert.Equal(printed, PrintableText.Escape(text));

    // Not a theory row: a runner cannot write a lone surrogate down.
    [Fact]
    public void Escapes_half_a_surrogate_pair() => Assert.Equal("a\\u{d800}z", PrintableText.Escape("a\ud800z"));

    private static string Render(DiagnosisReport report, TextStyle style)
    {
        using StringWriter writer = new();
        TextReport.Write(report, writer, style);
        return writer.ToString();
    }
}
