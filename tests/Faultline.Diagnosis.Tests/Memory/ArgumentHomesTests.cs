using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>Where the map functions of all releases keep their arguments, by their code.</summary>
public sealed class ArgumentHomesTests
{
    public static TheoryData<string> Releases() => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    /// <summary>At the return address of the call that ends the program, the map, its type and the key are known to be on the stack.</summary>
    [Theory]
    [MemberData(nameof(Releases))]
    public void The_arguments_of_an_assignment_are_on_the_stack_when_it_dies(string version)
    {
        using var binary = GoBinary.Open(SampleBinary.Build(SampleProgram.FindParked("mapwindow"), Toolchain.TryFind(version)!).Path);
        var homes = new ArgumentHomes(binary);
        var table = new MapPhaseTable(binary);
        foreach (var (name, count) in new[] { ("runtime.mapassign_fast64", 3), ("runtime.mapassign_faststr", 4), ("runtime.mapassign", 3) })
        {
            var function = Assert.Single(binary.FindFunctions(name));
            var fatal = table.Of(function).First(instruction => instruction.Target.EndsWith(".fatal", StringComparison.Ordinal));
            Assert.Equal(MapPhases.Checked, fatal.Phases);
            var sizes = new HashSet<ulong>();
            for (var argument = 0; argument < count; argument++)
            {
                var found = Enumerable.Range(1, 64).Select(words => (ulong)words * 8)
                    .Where(size => homes.Find(function, fatal.Address + (ulong)fatal.Length, argument, size, out _) == ArgumentPlace.Stack).ToList();
                sizes.Add(Assert.Single(found));
            }

            Assert.Single(sizes);

            // The prologue has not made the frame yet.
            Assert.Equal(ArgumentPlace.Unknown, homes.Find(function, function.Entry, 2, 8, out _));
        }
    }

    [Fact]
    public void Nothing_is_claimed_between_instructions_and_for_other_frames()
    {
        using var binary = GoBinary.Open(SampleBinary.Build(SampleProgram.FindParked("mapwindow"), Toolchain.Newest!).Path);
        var homes = new ArgumentHomes(binary);
        var function = Assert.Single(binary.FindFunctions("runtime.mapassign_fast64"));
        Assert.Equal(ArgumentPlace.Unknown, homes.Find(function, function.Entry + 1, 2, 8, out _));
        Assert.Equal(ArgumentPlace.Unknown, homes.Find(function, function.End, 2, 8, out _));
        Assert.Equal(ArgumentPlace.Unknown, homes.Find(function, function.Entry, 12, 8, out _));
    }
}
