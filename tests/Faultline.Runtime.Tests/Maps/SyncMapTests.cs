using Faultline.Runtime.Maps;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Values;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Maps;

/// <summary>Both designs of <c>sync.Map</c> against what <c>Range</c> gave in the program.</summary>
public sealed class SyncMapTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Every_entry_is_there(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        foreach (var name in (string[])["main.syncPlain", "main.syncAmended", "main.syncExpunged"])
        {
            var map = Open(process, name);
            var found = map.Entries.Where(entry => entry.State == SyncMapEntryState.Live)
                .Select(entry => $"{Text(process, entry.Key)} → {Text(process, entry.Value)}");
            Assert.Equal(
                process.ReadTruth().Maps[name].Entries.Select(entry => $"{entry[0]} → {entry[1]}").Order(StringComparer.Ordinal),
                found.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void The_parts_are_told_apart(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var amended = Open(process, "main.syncAmended");
        Assert.Equal(process.Dump.Binary.BuildInfo!.Release >= 24, amended.IsTrie);
        if (amended.IsTrie)
            return;
        Assert.True(amended.IsAmended);
        Assert.Equal(102, amended.DirtyCount);
        Assert.Equal(101, amended.ReadCount);
        Assert.Equal(SyncMapNextMiss.Counted, amended.NextMiss);
        Assert.Equal(1, amended.Misses);
        var expunged = Open(process, "main.syncExpunged");
        Assert.Equal(SyncMapNextMiss.NoLock, expunged.NextMiss);
        Assert.Equal(91, expunged.Count);
    }

    private static SyncMap Open(ParkedProcess process, string name)
    {
        var map = SyncMap.TryRead(process.State, process.ReadTruth().Maps[name].Address);
        Assert.NotNull(map);
        return map;
    }

    private static string Text(ParkedProcess process, ulong address) => GoSyntax.Write(process.State.Values.ReadInterface(isEmpty: true, address));
}
