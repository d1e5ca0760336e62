using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Races;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Escapes;

/// <summary>Real races beside what the compiler printed while it built the program: the variable's declaration, and the literals of both sides.</summary>
public sealed class RaceEscapeTests : IDisposable
{
    private static readonly SampleProgram Program = SampleProgram.FindParked("races");

    private static readonly string[] Versions = ["1.19", "1.23", "1.27"];

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-escapes-").FullName;

    /// <summary>The kind, the declaration, whether the variable itself moves, and what it holds.</summary>
    public static TheoryData<string, string, string, string, bool, string> Rows
    {
        get
        {
            TheoryData<string, string, string, string, bool, string> rows = [];
            foreach (string version in Versions)
            {
                rows.Add(version, "closure", "total", "total := 0", true, "");
                rows.Add(version, "flag", "stop", "stop := false", true, "");
                rows.Add(version, "mapwrite", "counts", "counts := map[int]int{1: 1}", true, "map[int]int{...}");
                rows.Add(version, "element", "scores", "scores := make([]int, 8)", false, "make([]int, 8)");
                rows.Add(version, "pointer", "value", "value := new(int)", false, "new(int)");
                rows.Add(version, "field", "page", "page := &stats{}", false, "&stats{}");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_variable_and_the_literals_of_both_sides_are_found(string version, string kind, string name, string declaration, bool isMoved, string content)
    {
        RaceFinding finding = Explain(version, kind);
        VariableEscape escape = Assert.Single(finding.Escapes);
        EscapeVariable variable = escape.Variable;
        Assert.Equal((name, isMoved), (variable.Name, variable.IsMoved));
        Assert.True(variable.Declared.IsAt(Program.Sources[0], LineAfter(Declaring(kind), declaration)), variable.Declared.ToString());
        Assert.Equal(content.Length == 0 ? [] : [content], variable.Contents.Select(item => item.Head.Subject).Distinct());
        Assert.Equal([1, 0], escape.Holders.SelectMany(holder => holder.Sides));
        foreach (EscapeHolder holder in escape.Holders)
        {
            RaceSideReading side = finding.Sides[Assert.Single(holder.Sides)];
            Assert.Equal(side.Function, $"main.{holder.Capture.Closure!.Name}");
            Assert.Equal(!isMoved, holder.Capture.IsByValue);
            // pair() starts both: the literals are passed to it, and no go statement is theirs.
            Assert.Equal((ClosureFate.Passed, false), (holder.Capture.Closure.Fate, holder.IsStarted));
            Assert.StartsWith("pair(", holder.Capture.Closure.Expression, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public void A_literal_that_a_go_statement_starts_is_joined_with_the_goroutine_of_the_report(string version)
    {
        RaceFinding finding = Explain(version, "loopvariable");
        VariableEscape escape = Assert.Single(finding.Escapes);
        EscapeHolder holder = Assert.Single(escape.Holders);
        Assert.Equal(("turn", true, true), (escape.Variable.Name, escape.Variable.IsMoved, holder.IsStarted));
        Assert.Equal([1], holder.Sides);
        Assert.Equal(ClosureFate.GoOrDefer, holder.Capture.Closure!.Fate);
        Assert.True(holder.Capture.Closure.Place.IsAt(Program.Sources[0], LineAfter("loopVariable", "go func() {")));
        Assert.True(holder.Capture.Use.IsAt(Program.Sources[0], Program.TryFindMarker("race:first loopvariable")!.Line));
    }

    [Theory]
    [InlineData("1.19", "global")]
    [InlineData("1.27", "global")]
    [InlineData("1.27", "fieldmethod")]
    [InlineData("1.27", "generic")]
    public void Of_variables_that_are_no_locals_of_a_literal_nothing_is_said(string version, string kind) => Assert.Empty(Explain(version, kind).Escapes);

    /// <summary>Where the source is not at hand the line tells, and it is said that it does.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public void Without_the_source_a_variable_that_only_one_line_uses_is_offered(string version)
    {
        string build = BuildLog(version);
        using SampleRun run = Run(version, "closure");
        string moved = Path.Combine(_folder, "elsewhere.log");
        File.WriteAllText(moved, File.ReadAllText(run.LogPath).Replace(Path.GetDirectoryName(Program.Sources[0])!, "/nowhere/parked/races", StringComparison.Ordinal));
        RaceFinding finding = Explain(Logs(moved), build);
        Assert.Null(finding.Variable);
        VariableEscape escape = Assert.Single(finding.Escapes);
        Assert.Equal(("total", true), (escape.Variable.Name, escape.IsByLine));
        Assert.Equal([1, 0], escape.Holders.SelectMany(holder => holder.Sides));
        Assert.False(Assert.Single(Explain(Logs(run.LogPath), build).Escapes).IsByLine);
    }

    /// <summary>What another program's compiler said is not taken for this one's, though names and lines may be the same.</summary>
    [Fact]
    public void Two_packages_that_fit_equally_say_nothing()
    {
        string build = BuildLog("1.27");
        string twice = Path.Combine(_folder, "twice.log");
        string text = File.ReadAllText(build);
        File.WriteAllText(twice, text + text.Replace("# example.com/faultline/samples/parked/races", "# example.com/other", StringComparison.Ordinal).Replace("parked/races/", "./", StringComparison.Ordinal));
        using SampleRun run = Run("1.27", "closure");
        Assert.Empty(Explain(Logs(run.LogPath), twice).Escapes);
        Assert.Single(Explain(Logs(run.LogPath), build).Escapes);
    }

    private RaceFinding Explain(string version, string kind)
    {
        using SampleRun run = Run(version, kind);
        return Explain(Logs(run.LogPath), BuildLog(version));
    }

    private static RaceFinding Explain(IReadOnlyList<TracebackLog> logs, string build)
    {
        using FileStream stream = File.OpenRead(build);
        EscapeIndex index = new(EscapeLogReader.Read(stream, build));
        return RaceExplainer.Explain(new RaceInputs { Logs = logs, Builds = [index] }).Findings[0];
    }

    private string BuildLog(string version)
    {
        string path = Path.Combine(_folder, $"build-{version}.log");
        if (!File.Exists(path))
            BuildOutput.OfFolder(Toolchain.TryFind(version)!, SamplesFolder.Path, path, "build", "-p", "1", "-race", "-gcflags=-m=2", "-o", Path.Combine(_folder, "races"), $"./{Program.RelativePath}");
        return path;
    }

    private static SampleRun Run(string version, string kind)
    {
        SampleBinary binary = SampleBinary.Build(Program, Toolchain.TryFind(version)!, BuildMode.Race);
        return SampleRun.Run(binary, new SampleRunOptions
        {
            Arguments = ["truth", kind],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GORACE"] = "atexit_sleep_ms=0" },
        });
    }

    private static IReadOnlyList<TracebackLog> Logs(string path)
    {
        using FileStream log = File.OpenRead(path);
        return LogReader.Parse(log, path);
    }

    /// <summary>The function of a kind, as the sample's table has it.</summary>
    private static string Declaring(string kind) => File.ReadLines(Program.Sources[0]).First(line => line.Contains($"\"{kind}\":", StringComparison.Ordinal)).Split(':')[1].Trim(' ', ',');

    /// <summary>The first line with a text in a function of the sample.</summary>
    private static int LineAfter(string function, string text)
    {
        string[] lines = File.ReadAllLines(Program.Sources[0]);
        int start = Array.FindIndex(lines, line => line.StartsWith($"func {function}()", StringComparison.Ordinal));
        return Array.FindIndex(lines, start, line => line.Contains(text, StringComparison.Ordinal)) + 1;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
