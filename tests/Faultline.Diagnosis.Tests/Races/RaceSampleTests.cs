using System.Text.Json;
using Faultline.Binaries;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Carriers;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Races;

/// <summary>Real programs, built with -race, each with one race that is known: lines by markers, variables, addresses and indexes by what the program says.</summary>
public sealed class RaceSampleTests
{
    private static readonly SampleProgram Program = SampleProgram.FindParked("races");

    private static readonly string[] Kinds = [.. Program.Markers.Where(marker => marker.Operation == "first").Select(marker => marker.Label["race:first ".Length..]).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string version in (string[])["1.19", "1.23", "1.27"])
            {
                foreach (string kind in Kinds)
                    rows.Add(version, kind);
            }

            return rows;
        }
    }

    [Fact]
    public void There_are_thirty_kinds_or_more() => Assert.True(Kinds.Length >= 30, $"{Kinds.Length} kinds");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Both_lines_the_variable_and_the_index_are_right(string version, string kind)
    {
        using Case race = Case.Run(version, kind);
        RaceFinding finding = race.Explain();
        Assert.False(finding.Place.Example.IsCutOff);
        Assert.Equal(2, finding.Sides.Count);
        Assert.Equal((race.File, race.LineOf("second")), (finding.Sides[0].File, finding.Sides[0].Line));
        Assert.Equal((race.File, race.LineOf("first")), (finding.Sides[1].File, finding.Sides[1].Line));
        Assert.True(finding.Sides[1].Access.IsPrevious);
        Assert.Contains(race.Variable.Replace("main.", "", StringComparison.Ordinal), finding.Sides.Select(side => side.Variable));
        if (race.Variable.StartsWith("main.", StringComparison.Ordinal))
            Assert.Equal((race.Variable, ExpressionBasis.Binary), (finding.Variable!.Name, finding.Variable.Basis));
        if (kind != "waitgroup")
            Assert.Equal(race.Address, finding.Address);
        Assert.All(finding.Sides, side => Assert.Equal(ExpressionBasis.Source, side.Basis));
        Assert.All(finding.Sides, side => Assert.True(side.Access.Goroutine is null || side.CreatedFrames.Count > 0));
        CheckIndex(race, finding);
        Assert.NotEqual(false, SameRun.IsSameBuild(finding.Place.Example, race.Binary));
    }

    private static void CheckIndex(Case race, RaceFinding finding)
    {
        if (race.ArrayIndex < 0)
        {
            Assert.Null(finding.Array);
            return;
        }

        // The lowest header is as far as the array is known.
        SharedArray array = finding.Array!;
        ulong lowest = race.Slices.Min(slice => slice.Pointer);
        Assert.Equal((lowest, ArrayBasis.LowestSlice), (array.Start, array.Basis));
        Assert.Equal(race.ArrayIndex, array.Index + (long)((lowest - race.Array) / (ulong)array.ElementSize));
        Assert.Equal(2, finding.Used.Count);
        Assert.Equal((race.Slices[0].Name, race.Indexes[0]), Named(finding.Used.Single(used => used.Side == 1)));
        Assert.Equal((race.Slices[^1].Name, race.Indexes[^1]), Named(finding.Used.Single(used => used.Side == 0)));

        // With a header of the whole array the index is the array's own, whatever the order of the headers.
        SliceSpan whole = new("whole", race.Array, race.ArrayIndex + 1, race.ArrayIndex + 1, array.ElementSize);
        Assert.Equal(race.ArrayIndex, race.Explain([whole, .. race.Slices]).Array!.Index);
        Assert.Equal(race.ArrayIndex, race.Explain([.. race.Slices.AsEnumerable().Reverse(), whole]).Array!.Index);
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public void Without_the_binary_a_lost_frame_is_said_and_nothing_is_made_up(string version)
    {
        using Case race = Case.Run(version, "atomic");
        RaceFinding finding = race.Explain(binary: false);
        RaceSideReading lost = finding.Sides[1];
        Assert.Equal((true, false, 0, ""), (lost.IsFrameLost, lost.IsInferred, lost.Line, lost.Function));
        Assert.Contains(finding.Missing, piece => piece.Command.EndsWith("--binary ./app", StringComparison.Ordinal));
    }

    [Fact]
    public void Go_1_27_loses_the_frame_of_a_map_read_and_the_code_gives_it_back()
    {
        using Case race = Case.Run("1.27", "mapread");
        RaceSideReading read = race.Explain().Sides[0];
        Assert.Equal((true, true, RaceOperation.MapRead, "sessions"), (read.IsFrameLost, read.IsInferred, read.Operation, read.Variable));
        Assert.Equal("main.mapRead.func2", read.Function);
        Assert.DoesNotContain(read.Frames, frame => frame.Function == read.Function);
        RaceSideReading without = race.Explain(binary: false).Sides[0];
        Assert.Equal((true, 0), (without.IsFrameLost, without.Line));
    }

    private static (string, int) Named(RaceSlice used) => (used.View.Slice.Name, (int)used.View.Index);

    /// <summary>One run with what it said.</summary>
    private sealed class Case : IDisposable
    {
        private readonly SampleRun _run;
        private readonly GoBinary _binary;
        private readonly string _kind;

        private Case(SampleRun run, string kind)
        {
            _run = run;
            _kind = kind;
            _binary = GoBinary.Open(run.Binary.Path);
            using JsonDocument truth = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(run.Folder, "truth")));
            JsonElement said = truth.RootElement;
            Variable = said.GetProperty(nameof(Variable)).GetString()!;
            Address = said.GetProperty(nameof(Address)).GetUInt64();
            ArrayIndex = said.GetProperty(nameof(ArrayIndex)).GetInt32();
            Array = said.GetProperty(nameof(Array)).GetUInt64();
            if (said.GetProperty(nameof(Slices)).ValueKind != JsonValueKind.Array)
                return;
            foreach (JsonElement slice in said.GetProperty(nameof(Slices)).EnumerateArray())
            {
                Slices.Add(new SliceSpan(slice.GetProperty("Name").GetString()!, slice.GetProperty("Pointer").GetUInt64(), slice.GetProperty("Length").GetInt64(), slice.GetProperty("Capacity").GetInt64(), slice.GetProperty("Size").GetInt64()));
                Indexes.Add(slice.GetProperty("Index").GetInt32());
            }
        }

        public GoBinary Binary => _binary;

        public string Variable { get; }

        public ulong Address { get; }

        public int ArrayIndex { get; }

        public ulong Array { get; }

        public List<SliceSpan> Slices { get; } = [];

        public List<int> Indexes { get; } = [];

        public string File => Program.TryFindMarker($"race:first {_kind}")!.File;

        public static Case Run(string version, string kind)
        {
            SampleBinary binary = SampleBinary.Build(Program, Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing: run eng/toolchains.sh"), BuildMode.Race);
            SampleRun run = SampleRun.Run(binary, new SampleRunOptions
            {
                Arguments = ["truth", kind],
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GORACE"] = "atexit_sleep_ms=0" },
            });
            Assert.Equal(66, run.ExitCode);
            return new Case(run, kind);
        }

        public int LineOf(string side) => Program.TryFindMarker($"race:{side} {_kind}")!.Line;

        public RaceFinding Explain(IReadOnlyList<SliceSpan>? slices = null, bool binary = true)
        {
            using FileStream log = System.IO.File.OpenRead(_run.LogPath);
            return RaceExplainer.Explain(new RaceInputs { Logs = LogReader.Parse(log, "race.log"), Binary = binary ? _binary : null, Slices = slices ?? Slices }).Findings[0];
        }

        public void Dispose()
        {
            _binary.Dispose();
            _run.Dispose();
        }
    }
}
