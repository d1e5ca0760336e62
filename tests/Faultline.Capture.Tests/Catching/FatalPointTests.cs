using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Binaries.Code.Probing;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Catching;

/// <summary>The instructions that only a dying program runs, in the map functions of every release.</summary>
public sealed class FatalPointTests
{
    public static TheoryData<string, BuildMode> Builds()
    {
        TheoryData<string, BuildMode> data = [];
        foreach (Toolchain toolchain in Toolchain.All)
            data.Add(toolchain.Name, BuildMode.Plain);
        data.Add("1.24", BuildMode.NoSwissMap);
        data.Add("1.27", BuildMode.Pie);
        data.Add("1.22", BuildMode.Stripped);
        return data;
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void The_runtimes_last_functions_and_every_check_of_a_map_are_found(string version, BuildMode mode)
    {
        Toolchain toolchain = Toolchain.TryFind(version)!;
        using GoBinary binary = GoBinary.Open(SampleBinary.Build(SampleProgram.Find("maphot"), toolchain, mode).Path);
        IReadOnlyList<FatalPoint> points = FatalPoints.Find(binary);
        foreach (string name in (string[])["runtime.fatal", "runtime.throw", "runtime.fatalpanic"])
            Assert.Contains(points, point => point.Function == name && binary.FindFunctions(name).Any(function => function.Entry == point.Address));

        // Every map operation of the program has its check, and the map is known at each of them.
        foreach (MapFunction function in MapFunctions.FindAll(binary).Where(function => function.Function.Name.Contains("_fast64", StringComparison.Ordinal)))
        {
            FatalPoint[] own = [.. points.Where(point => point.Kind == FatalKind.Map && point.Address >= function.Function.Entry && point.Address < function.Function.End)];
            Assert.NotEmpty(own);
            Assert.All(own, point => Assert.True(point.MapRegister >= 0, $"{point.Function}+0x{point.Address - function.Function.Entry:x}"));
        }
    }

    [Fact]
    public void A_program_that_is_not_of_Go_has_none()
    {
        using GoBinary binary = GoBinary.Open("/bin/true");
        Assert.Empty(FatalPoints.Find(binary));
    }
}
