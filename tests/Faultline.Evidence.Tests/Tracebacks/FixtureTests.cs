using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>What holds for every recorded log.</summary>
public partial class FixtureTests
{
    public static TheoryData<string> Fixtures => [.. Fixture.Names];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Model_is_the_golden_one(string name)
    {
        string path = Path.Combine(Fixture.Folder, name + ".golden");
        string model = ModelText.Write(Given.Log(Fixture.Read(name)));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, model);
        Assert.Equal(File.ReadAllText(path), model);
    }

    [Fact]
    public void Every_log_has_its_line_in_the_readme_and_every_golden_its_log()
    {
        string readme = File.ReadAllText(Path.Combine(Fixture.Folder, "README.md"));
        IEnumerable<string> rows = ReadmeRow().Matches(readme).Select(match => match.Groups["name"].Value);
        Assert.Equal(Fixture.Names, rows.Order(StringComparer.Ordinal));
        Assert.Equal(Fixture.Names, Directory.EnumerateFiles(Fixture.Folder, "*.golden").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
    }

    /// <summary>A second opinion by plain patterns: every header and every file line of the log is somewhere in the model.</summary>
    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Nothing_that_looks_like_a_goroutine_or_a_frame_is_lost(string name)
    {
        string text = Encoding.UTF8.GetString(Fixture.Read(name));
        TracebackLog log = Given.Log(text);

        IEnumerable<long> headers = HeaderLine().Matches(text).Select(match => long.Parse(match.Groups["id"].ValueSpan));
        IEnumerable<long> goroutines = log.Reports.SelectMany(report => report.Goroutines).Select(goroutine => goroutine.Id);
        int printedTwice = log.Reports.Sum(report => Math.Max(report.Raisers.Count - 1, 0));
        Assert.Equal(headers.Count() - printedTwice, goroutines.Count());
        Assert.Equal(headers.Order().Distinct(), goroutines.Order().Distinct());

        int places = PlaceLine().Count(text);
        int frames = log.Reports.Sum(report => report.RuntimeStack.Count(HasPlace) + report.Goroutines.Sum(CountPlaces));

        // The goroutine printed twice has its creator printed twice.
        Assert.InRange(places - frames, 0, printedTwice);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Model_does_not_depend_on_the_chunks(string name)
    {
        byte[] bytes = Fixture.Read(name);
        string whole = ModelText.Write(Given.Log(bytes));
        var random = new Random(20260102);
        foreach (int size in new[] { 1, 2, 3, 7, 64, 1000, -1, -2 })
        {
            var parser = new TracebackParser("-");
            for (int at = 0; at < bytes.Length;)
            {
                int count = Math.Min(size > 0 ? size : random.Next(1, 300), bytes.Length - at);
                parser.Write(bytes.AsSpan(at, count));
                at += count;
            }

            Assert.Equal(whole, ModelText.Write(parser.Complete()));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Model_does_not_depend_on_carriage_returns(string name)
    {
        string text = Encoding.UTF8.GetString(Fixture.Read(name));
        string unix = ModelText.Write(Given.Log(text));
        string dos = ModelText.Write(Given.Log(text.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(unix[unix.IndexOf('\n')..], dos[dos.IndexOf('\n')..]);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Damaged_logs_are_parsed_without_harm(string name)
    {
        byte[] bytes = Fixture.Read(name);
        var random = new Random(name.Length + bytes.Length);
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 200; round++)
        {
            TouchAll(Given.Log(bytes.AsSpan(0, random.Next(bytes.Length + 1))));
            byte[] flipped = [.. bytes];
            for (int flips = 1 + (round % 8); flips > 0 && flipped.Length > 0; flips--)
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            TouchAll(Given.Log(flipped));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L * (200_000 + (bytes.Length * 60L)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed} for 400 small logs");
    }

    private static void TouchAll(TracebackLog log)
    {
        foreach (CrashReport report in log.Reports)
        {
            foreach (GoroutineTrace goroutine in report.Goroutines)
            {
                Assert.Equal(goroutine.Stack.Locations.Count, goroutine.Frames.Count);
                Assert.NotNull(goroutine.Header.Labels);
            }
        }
    }

    private static int CountPlaces(GoroutineTrace goroutine) =>
        goroutine.Frames.Count(HasPlace)
        + (goroutine.CreatedBy is null ? 0 : 1)
        + goroutine.Ancestors.Sum(ancestor => ancestor.Frames.Count + (ancestor.CreatedBy is null ? 0 : 1));

    private static bool HasPlace(TracebackFrame frame) => frame.Location.File.Length > 0;

    [GeneratedRegex(@"^\| `(?<name>[^`]+)\.log` \| go1", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ReadmeRow();

    [GeneratedRegex(@"^goroutine (?<id>\d+) .*\[.*:$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^\t\S[^\t]*:\d+( \+0x[0-9a-f]+)?( fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PlaceLine();
}
