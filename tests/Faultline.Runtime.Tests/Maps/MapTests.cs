using Faultline.Runtime.Maps;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Values;
using Faultline.Runtime.Values;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Maps;

/// <summary>Maps of both implementations, entry by entry, against what the program iterated over itself.</summary>
public sealed class MapTests
{
    private static readonly ValueLimits Everything = new() { ElementCount = 100_000, TotalCount = 1_000_000, PointerDepth = 0, TextSize = 10_000 };

    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Every_entry_is_there(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var state = process.State;
        foreach (var (name, expected) in process.ReadTruth().Maps)
        {
            if (expected.Type == "sync.Map" || expected.Address == 0)
                continue;
            var type = state.Types.FindByName(expected.Type);
            Assert.True(type is not null, $"{name}: no type {expected.Type}");
            var value = state.Values.ReadMapAt(type, expected.Address, Everything);
            Assert.Equal(ValueForm.Map, value.Form);
            Assert.Equal(expected.Length, value.Length);
            Assert.Equal(
                expected.Entries.Select(entry => $"{entry[0]} → {Comparable(entry[1])}").Order(StringComparer.Ordinal),
                value.Members.Select(member => $"{GoSyntax.Write(member.Key!)} → {Comparable(Text(member.Value))}").Order(StringComparer.Ordinal));
        }

        // fmt follows an outermost pointer to a struct, which the reader was told not to.
        static string Text(GoValue value) => value.Form == ValueForm.Pointer || value is { Form: ValueForm.Interface, Members: [{ Value.Form: ValueForm.Pointer }] } ? "&" : GoSyntax.Write(value);

        static string Comparable(string text) => text.StartsWith('&') ? "&" : text;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void States_of_maps_are_told(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        Assert.True(Open(process, "main.mapWriting").IsWriting);
        Assert.False(Open(process, "main.mapBig").IsWriting);
        var big = Open(process, "main.mapBig");
        var half = Open(process, "main.mapHalf");
        if (big.Classic is { } classic)
        {
            Assert.InRange(classic.Load, 3.25, 6.5);
            Assert.False(big.IsGrowing);
            Assert.Equal((long)classic.BucketCount, big.Units().Count(unit => unit.Depth == 0));
            var growing = Open(process, "main.mapGrowing");
            Assert.True(growing.IsGrowing);
            Assert.Contains(growing.Units(), unit => unit is { IsOld: true, IsEvacuated: false, Live: not 0 });
            Assert.Contains(growing.Units(), unit => unit is { IsOld: true, IsEvacuated: true });
            Assert.True(growing.Classic!.Value.EvacuatedCount < growing.Classic.Value.OldBucketCount);
        }
        else
        {
            Assert.True(big.Tables.Count > 1);
            Assert.Equal(big.Count, big.Tables.Sum(table => table.Used));
            Assert.All(big.Tables, table => Assert.Equal((ulong)table.Capacity / 8, table.GroupCount));
            Assert.True(half.Tables.Count > 0);
            Assert.True(Open(process, "main.mapSmall").Swiss!.Value.IsSmall);
        }

        Assert.Equal(334, half.Entries().Count());
    }

    private static GoMap Open(ParkedProcess process, string name)
    {
        var truth = process.ReadTruth().Maps[name];
        var layout = process.State.Types.MapLayoutOf(process.State.Types.FindByName(truth.Type)!)!;
        return GoMap.TryRead(process.State.Memory, process.State.Layouts, layout, truth.Address)!;
    }
}
