using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Tests.Memory;

/// <summary>Every byte comes from the first layer that has it, wherever layers begin and end.</summary>
public sealed class LayeredAddressSpaceTests
{
    private sealed class Piece(ulong start, params byte[] bytes) : IAddressSpace
    {
        public int Read(ulong address, scoped Span<byte> buffer)
        {
            var skip = address - start;
            if (skip >= (ulong)bytes.Length)
                return 0;
            var count = Math.Min(buffer.Length, bytes.Length - (int)skip);
            bytes.AsSpan((int)skip, count).CopyTo(buffer);
            return count;
        }

        public ulong NextAddress(ulong address) => address < start ? start : ulong.MaxValue;
    }

    [Fact]
    public void An_upper_layer_that_begins_in_the_middle_hides_the_lower_one()
    {
        var space = new LayeredAddressSpace(new Piece(0x1004, 1, 2, 3), new Piece(0x1000, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9));
        var buffer = new byte[16];
        Assert.Equal(10, space.Read(0x1000, buffer));
        Assert.Equal([9, 9, 9, 9, 1, 2, 3, 9, 9, 9], buffer[..10]);
    }

    [Fact]
    public void Reading_stops_at_the_first_byte_that_no_layer_has()
    {
        var space = new LayeredAddressSpace(new Piece(0x10, 1), new Piece(0x11, 2), new Piece(0x13, 3));
        Assert.Equal(2, space.Read(0x10, new byte[8]));
        Assert.Equal(0, space.Read(0x12, new byte[8]));
        Assert.Equal(0x13UL, space.NextAddress(0x12));
        Assert.Equal(0, space.Read(ulong.MaxValue, new byte[8]));
    }

    [Fact]
    public void A_layer_between_two_others_shows_through_the_gap()
    {
        var space = new LayeredAddressSpace(
            new LayeredAddressSpace(new Piece(0x100, 1, 1), new Piece(0x106, 1, 1)), new Piece(0x101, 2, 2, 2, 2, 2, 2, 2, 2), new Piece(0x100, [.. Enumerable.Repeat((byte)3, 12)]));
        var buffer = new byte[12];
        Assert.Equal(12, space.Read(0x100, buffer));
        Assert.Equal([1, 1, 2, 2, 2, 2, 1, 1, 2, 3, 3, 3], buffer);
    }

    [Fact]
    public void A_cache_gives_what_the_space_below_gives()
    {
        var bytes = new byte[20_000];
        new Random(7).NextBytes(bytes);
        var plain = new Piece(0x10_0123, bytes);
        var cache = new PageCache(plain, pageCount: 2);
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var (address, size) = (0x10_0000UL + (ulong)random.Next(21_000), random.Next(1, 9000));
            var (expected, actual) = (new byte[size], new byte[size]);
            Assert.Equal(plain.Read(address, expected), cache.Read(address, actual));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Strings_are_cut_and_never_read_where_nothing_is()
    {
        var memory = new TargetMemory(new Piece(0x100, [0x20, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, .. new byte[16], .. "héllo"u8]));
        Assert.Equal("hé", memory.TryReadString(0x100, 3));
        Assert.Null(memory.TryReadText(0x124, ulong.MaxValue, 100));
        Assert.Equal("", memory.TryReadText(0, 0, 100));
        Assert.False(memory.TryReadPointer(0x111, out _));
    }
}
