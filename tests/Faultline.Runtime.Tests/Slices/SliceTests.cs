using Faultline.Runtime.Slices;
using Faultline.Runtime.Tests.Programs;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Slices;

/// <summary>Slices that share an array, and one that append left behind.</summary>
public sealed class SliceTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Slices_of_one_array_are_found_with_what_they_share(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth().Slices;
        var whole = Read(process, truth["main.sliceWhole"]);
        var relations = SliceRelations.Find(process.State, whole, elementSize: 8);
        var middle = relations.Single(relation => relation.Other.Address == truth["main.sliceMiddle"].Address);
        Assert.Equal((SliceRelationKind.Overlaps, 4L, 8L), (middle.Kind, middle.First, middle.Last));
        var held = relations.Single(relation => relation.Other.Address == truth["main.sliceHolder.Items"].Address);
        Assert.Equal((SliceRelationKind.Overlaps, 6L, 10L), (held.Kind, held.First, held.Last));
        Assert.Equal(12 - 6, held.Other.Length);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void What_append_left_behind_is_found_from_both_sides(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth().Slices;
        var (stale, grown) = (Read(process, truth["main.sliceStale"]), Read(process, truth["main.sliceGrown"]));
        Assert.Contains(
            SliceRelations.Find(process.State, grown, elementSize: 16),
            relation => relation.Kind == SliceRelationKind.Stale && relation.Other.Address == truth["main.sliceStale"].Address && relation.Last == 2);
        Assert.Contains(
            SliceRelations.Find(process.State, stale, elementSize: 16),
            relation => relation.Kind == SliceRelationKind.Successor && relation.Other.Address == truth["main.sliceGrown"].Address);
    }

    private static SliceHeader Read(ParkedProcess process, SliceTruth truth)
    {
        var header = SliceHeader.TryRead(process.State.Memory, truth.Address);
        Assert.NotNull(header);
        Assert.Equal((truth.Array.Value, truth.Length, truth.Capacity), (header.Value.Array, (int)header.Value.Length, (int)header.Value.Capacity));
        return header.Value;
    }
}
