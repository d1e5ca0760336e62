using System.Text.Json;
using Faultline.Runtime.Heap;
using Faultline.Runtime.Tests.Programs;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Heap;

/// <summary>Fifteen kinds of goroutines that nothing wakes any more, and the healthy ones beside them.</summary>
public sealed class BlockedForeverTests
{
    public static TheoryData<string, bool> Releases()
    {
        var data = new TheoryData<string, bool>();
        foreach (var toolchain in Toolchain.All)
            data.Add(toolchain.Name, toolchain.Version.Minor % 2 == 0);
        return data;
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void All_that_are_stuck_are_found_and_no_other(string version, bool isStripped)
    {
        var process = ParkedProcess.Open("stuck", version, BuildMode.Plain, isStripped);
        var truth = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, ulong[]>>>(File.ReadAllText(process.Core.TruthPath))!;
        var expected = truth["Stuck"];

        // Until Go 1.22 a stopped timer stays among those that will fire until another one takes its place.
        if (process.Dump.Binary.BuildInfo!.Release < 23)
            expected.Remove("timer");
        var found = BlockedForever.Find(process.State).Select(blocked => blocked.Goroutine.Id).ToHashSet();
        Assert.Equal([], expected.Where(kind => !kind.Value.All(found.Contains)).Select(kind => kind.Key));
        Assert.Equal([], truth["Healthy"].Where(kind => kind.Value.Any(found.Contains)).Select(kind => kind.Key));
        found.ExceptWith(expected.Values.SelectMany(ids => ids));
        if (process.Dump.Binary.BuildInfo!.Release >= 23)
            Assert.Empty(found);
    }
}
