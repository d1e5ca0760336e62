using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Appends;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Appends;

/// <summary>Appends of a program whose goroutines share slices: the code shows which line grows which slice, and who else works on it.</summary>
public sealed class AppendWindowTests
{
    public static TheoryData<string> Releases => ["1.19", "1.22", "1.24", "1.27"];

    [Theory]
    [MemberData(nameof(Releases))]
    public void Each_append_is_paired_with_the_goroutine_that_uses_its_slice(string version)
    {
        var sample = SampleBinary.Build(SampleProgram.FindParked("appendwindow"), Toolchain.TryFind(version)!);
        using var binary = GoBinary.Open(sample.Path);
        var found = new ProgramCode(binary).FindAppendWindows();

        Assert.Equal(0, found.SkippedFunctions);
        Assert.Equal(5, found.Windows.Count);
        foreach (string pair in (string[])["field", "global", "captured", "unsafe", "twin"])
        {
            var window = Assert.Single(found.Windows, window => window.Append.Frames[0].Line == Line(sample, "append:" + pair));
            Assert.True(window.OnMain);
            Assert.Empty(window.AppendStarts);
            Assert.Equal(
                [(ArrayAccessKind.LoadHeader, Line(sample, "load:" + pair)), (ArrayAccessKind.WriteElement, Line(sample, "access:" + pair))],
                window.Accesses.Select(other => (other.Access.Kind, other.Access.Frames[0].Line)).Distinct().Order());
            Assert.All(window.Accesses, other => Assert.True(!other.OnMain && other.Starts.Count == 1 && other.BothLock == pair is "twin"));
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_named_instructions_are_the_call_and_the_store_of_its_result(string version)
    {
        var sample = SampleBinary.Build(SampleProgram.FindParked("appendwindow"), Toolchain.TryFind(version)!);
        using var binary = GoBinary.Open(sample.Path);
        var code = new ProgramCode(binary);

        Assert.All(code.FindAppendWindows().Windows, window =>
        {
            Assert.Equal(window.Append.Callee, code.FindCall(window.Append.ReturnAddress)?.TargetName);
            Assert.All(window.Append.StoreAddresses, store => Assert.Equal(window.Append.Frames[0].Line, binary.ResolveFrames(store)[0].Line));
            Assert.NotEmpty(window.Append.StoreAddresses);
        });
    }

    [Fact]
    public void A_large_program_is_looked_at_whole()
    {
        using var binary = GoBinary.Open(Toolchain.TryFind("1.27")!.Command);
        var found = new ProgramCode(binary).FindAppendWindows();

        Assert.Equal(0, found.SkippedFunctions);
        Assert.InRange(found.AppendCount, 1000, 100_000);
        Assert.NotEmpty(found.Windows);
    }

    private static int Line(SampleBinary sample, string marker) => sample.Program.TryFindMarker(marker)!.Line;
}
