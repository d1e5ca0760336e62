using Faultline.Runtime.Heap;
using Faultline.Runtime.Tests.Programs;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Heap;

/// <summary>The heap's slots, and who holds them.</summary>
public sealed class HeapTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Objects_lie_in_slots_and_variables_hold_them(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var heap = process.State.Heap;
        Assert.True(heap.Heap.SpanCount > 10);
        var truth = process.ReadTruth();
        var slice = truth.Slices["main.sliceWhole"];
        Assert.True(heap.Heap.TryFind(slice.Array, out var array));
        Assert.Equal(slice.Array.Value, array.Address);
        Assert.Equal(128UL, array.Size);
        Assert.False(array.HasPointers);

        var holders = heap.FindHolders(slice.Array);
        Assert.Contains(holders, holder => holder.Kind == HolderKind.Global && holder.Slot == slice.Address);
        Assert.Contains(holders, holder => holder.Kind == HolderKind.Global && holder.Slot == truth.Slices["main.sliceMiddle"].Address);
        Assert.Contains(holders, holder => holder.Kind == HolderKind.Object && holder.Slot == truth.Slices["main.sliceHolder.Items"].Address);

        // A channel that only goroutines hold, and one that a variable holds as well.
        var full = heap.FindPath(truth.Channels["main.chanFull"].Address);
        Assert.Equal(HolderKind.Global, Assert.Single(full).Kind);
        Assert.True(heap.Heap.TryFind(truth.Maps["main.mapBig"].Address, out _) || truth.Maps["main.mapBig"].Address < 0x1000000);
    }
}
