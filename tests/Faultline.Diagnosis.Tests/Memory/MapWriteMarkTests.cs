using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>Where map functions of all releases have the write mark set, by their code.</summary>
public sealed class MapWriteMarkTests
{
    public static TheoryData<string, int, byte> Releases()
    {
        var data = new TheoryData<string, int, byte>();
        foreach (var toolchain in Toolchain.All)
        {
            // hmap.flags, and Map.writing behind used, seed, dirPtr, dirLen, globalDepth and globalShift.
            var isSwiss = toolchain.Version.Minor >= 24;
            data.Add(toolchain.Name, isSwiss ? 34 : 8, isSwiss ? (byte)1 : (byte)4);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_mark_is_set_after_the_entry_and_gone_at_the_return(string version, int offset, byte bit)
    {
        using var binary = GoBinary.Open(SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.TryFind(version)!).Path);
        var mark = new MapWriteMark(binary, offset, bit);
        var function = Assert.Single(binary.FindFunctions("runtime.mapassign_fast64"));
        Assert.Equal(WriteStage.Unmarked, mark.At(function, function.Entry));
        var stages = new List<WriteStage>();
        var code = new byte[function.End - function.Entry];
        Assert.Equal(code.Length, binary.Read(function.Entry, code));
        for (var at = 0; at < code.Length; at++)
        {
            stages.Add(mark.At(function, function.Entry + (ulong)at));

            // ret; a byte of this value inside an instruction has no stage.
            if (code[at] == 0xc3 && stages[at] != WriteStage.Unknown)
                Assert.Equal(WriteStage.Unmarked, stages[at]);
        }

        Assert.Contains(WriteStage.Marked, stages);
    }
}
