using Faultline.Diagnosis.Slices;

namespace Faultline.Diagnosis.Tests.Slices;

/// <summary>From the address of a conflict and slice headers back to the array and its indexes.</summary>
public sealed class SharedArrayTests
{
    [Fact]
    public void Two_slices_of_one_array_meet_in_its_element()
    {
        SharedArray array = SharedArray.Find(0x1020, [Of("right", 0x1020, 3, 6), Of("left", 0x1018, 3, 7)], (0x1000, 80))!;
        Assert.Equal((4L, 0L, 10L, ArrayBasis.Allocation), (array.Index, array.Offset, array.Count, array.Basis));
        Assert.Equal([("left", 3L, 1L), ("right", 4L, 0L)], array.Slices.Select(view => (view.Slice.Name, view.First, view.Index)));
        Assert.All(array.Slices, view => Assert.True(view is { IsAligned: true, Reach: SliceReach.Length }));
    }

    /// <summary>
    /// Headers are cut from arrays of every element size and the address from one of their elements; what comes back has to be what they were cut by.
    /// </summary>
    [Fact]
    public void What_was_cut_from_an_array_is_found_in_it_for_element_sizes_up_to_a_thousand()
    {
        Random random = new(20);
        for (int size = 1; size <= 1000; size++)
        {
            for (int turn = 0; turn < 20; turn++)
            {
                ulong start = 0xc000000000 + ((ulong)random.Next(1 << 30) * 8);
                int count = random.Next(1, 200);
                int index = random.Next(count);
                int offset = random.Next(size);
                ulong address = start + ((ulong)index * (ulong)size) + (ulong)offset;
                List<(SliceSpan Slice, int First)> cuts = [];
                for (int cut = 0; cut < 8; cut++)
                {
                    int first = random.Next(count);
                    int capacity = random.Next(count - first + 1);
                    cuts.Add((new SliceSpan($"s{cut}", start + ((ulong)first * (ulong)size), random.Next(capacity + 1), capacity, size), first));
                }

                cuts.Add((new SliceSpan("whole", start, count, count, size), 0));
                SliceSpan[] shuffled = [.. cuts.Select(cut => cut.Slice)];
                random.Shuffle(shuffled);
                SharedArray array = SharedArray.Find(address, shuffled)!;
                Assert.Equal((start, index, offset, count), (array.Start, (int)array.Index, (int)array.Offset, (int)array.Count));
                Assert.Equal(cuts.Count(cut => cut.Slice.Capacity > 0), array.Slices.Count);
                foreach (SliceView view in array.Slices)
                {
                    int first = cuts.Single(cut => cut.Slice == view.Slice).First;
                    Assert.Equal((first, index - first), ((int)view.First, (int)view.Index));
                    SliceReach reach = index < first || index >= first + view.Slice.Capacity ? SliceReach.None : index < first + view.Slice.Length ? SliceReach.Length : SliceReach.Capacity;
                    Assert.Equal((reach, true), (view.Reach, view.IsAligned));
                }
            }
        }
    }

    [Fact]
    public void Slices_apart_are_not_joined_without_the_allocation()
    {
        SliceSpan[] slices = [Of("low", 0x1000, 3, 3), Of("high", 0x1020, 3, 6), Of("end", 0x1048, 1, 1)];
        SharedArray array = SharedArray.Find(0x1028, slices)!;
        Assert.Equal((0x1020UL, 1L), (array.Start, array.Index));
        Assert.Equal(["high", "end"], array.Slices.Select(view => view.Slice.Name));
        Assert.Equal(SliceReach.None, array.Slices[1].Reach);
        Assert.Equal(5, SharedArray.Find(0x1028, slices, (0x1000, 80))!.Index);
    }

    [Fact]
    public void An_allocation_that_does_not_hold_the_address_is_not_used()
    {
        Assert.Equal(ArrayBasis.LowestSlice, SharedArray.Find(0x1008, [Of("s", 0x1000, 2, 2)], (0x2000, 80))!.Basis);
        Assert.Equal(ArrayBasis.LowestSlice, SharedArray.Find(0x1008, [Of("s", 0x1000, 2, 2)], (0x1008, 8))!.Basis);
    }

    [Fact]
    public void Capacity_is_told_from_length()
    {
        SharedArray array = SharedArray.Find(0x1020, [Of("base", 0x1000, 4, 16), Of("empty", 0x1020, 0, 12)])!;
        Assert.Equal([SliceReach.Capacity, SliceReach.Capacity], array.Slices.Select(view => view.Reach));
        Assert.Equal([4L, 0L], array.Slices.Select(view => view.Index));
    }

    [Fact]
    public void A_slice_of_other_elements_keeps_its_own_index_and_is_marked()
    {
        SharedArray array = SharedArray.Find(0x1019, [Of("words", 0x1000, 8, 8), new("bytes", 0x1004, 40, 40, 1)])!;
        Assert.Equal((3L, 1L), (array.Index, array.Offset));
        SliceView bytes = array.Slices.Single(view => view.Slice.Name == "bytes");
        Assert.Equal((0x15L, false), (bytes.Index, bytes.IsAligned));
    }

    [Theory]
    [InlineData(0, 0UL, 0L, 0L, 8L)]
    [InlineData(1, 0x1000UL, 4L, 2L, 8L)]
    [InlineData(2, 0x1000UL, 4L, 4L, 0L)]
    [InlineData(3, 0x1000UL, -1L, 4L, 8L)]
    [InlineData(4, 0x1000UL, 0L, -4L, 8L)]
    [InlineData(5, 0x1000UL, 4L, 4L, -8L)]
    [InlineData(6, 0x1000UL, 4L, long.MaxValue, 8L)]
    [InlineData(7, 0xffff_ffff_ffff_fff0UL, 4L, 4L, 8L)]
    [InlineData(8, 0x1000UL, 1L, long.MaxValue, long.MaxValue)]
    [InlineData(9, 0UL, 4L, 4L, 8L)]
    public void What_can_be_no_slice_has_a_reason_and_takes_no_part(int row, ulong pointer, long length, long capacity, long size)
    {
        SliceSpan slice = new($"s{row}", pointer, length, capacity, size);
        Assert.NotNull(slice.Refusal);
        Assert.Null(SharedArray.Find(0x1000, [slice]));
        Assert.Single(SharedArray.Find(0x1008, [slice, Of("good", 0x1000, 2, 2)])!.Slices);
    }

    [Fact]
    public void No_slice_there_is_no_array()
    {
        Assert.Null(SharedArray.Find(0x1000, []));
        Assert.Null(SharedArray.Find(0xfff, [Of("s", 0x1000, 2, 2)]));
        Assert.Null(SharedArray.Find(0x1010, [Of("s", 0x1000, 2, 2)]));
        Assert.Null(SharedArray.Find(ulong.MaxValue, [Of("s", 0x1000, 2, 2)], (0, ulong.MaxValue)));
    }

    private static SliceSpan Of(string name, ulong pointer, long length, long capacity) => new(name, pointer, length, capacity, 8);
}
