namespace Faultline.Samples.Tests;

public sealed class SampleProgramTests
{
    [Fact]
    public void Every_program_has_an_expected_death_and_a_row_in_the_readme()
    {
        string[] names = [.. SampleProgram.All.Select(program => program.Name)];
        Assert.Equal(ExpectedDeath.Programs.Order(StringComparer.Ordinal), names, StringComparer.Ordinal);

        string[] readme = File.ReadAllLines(Path.Combine(SamplesFolder.Path, "README.md"));
        Assert.All(names, name => Assert.Contains(readme, line => line.StartsWith($"| `{name}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Labels_are_unique_in_their_program()
    {
        Assert.All(SampleProgram.All, program =>
        {
            string[] labels = [.. program.Markers.Concat(SamplesFolder.SharedMarkers).Select(marker => marker.Label)];
            Assert.Equal(labels.Distinct(StringComparer.Ordinal), labels, StringComparer.Ordinal);
        });
    }

    [Fact]
    public void Every_program_marks_the_line_to_find()
    {
        Assert.All(SampleProgram.All, program =>
            Assert.Contains(program.Markers, marker => marker.Role is "fault" || (marker.Role is "race" && marker.Operation is "write" or "delete")));
    }

    [Fact]
    public void Build_constraints_give_the_minimum_version()
    {
        Assert.Equal(new Version(1, 21), SampleProgram.Find("mapclear").MinimumGo);
        Assert.Equal(new Version(1, 19), SampleProgram.Find("maphot").MinimumGo);
    }

    [Fact]
    public void Markers_take_role_operation_and_line_from_the_comment()
    {
        SourceMarker marker = SampleProgram.Find("mapiter").TryFindMarker("race:write join")!;
        Assert.Equal(("race", "write"), (marker.Role, marker.Operation));
        Assert.Contains("r.members[seat] =", File.ReadAllLines(marker.File)[marker.Line - 1], StringComparison.Ordinal);
    }
}
