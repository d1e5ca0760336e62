using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Tests.Reading;

public sealed class ByteCursorTests
{
    [Fact]
    public void Values_follow_one_another()
    {
        var cursor = new ByteCursor([1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0xe5, 0x8e, 0x26, 2, 9, 8], "test", "record", 100);

        Assert.Equal(1, cursor.ReadByte());
        Assert.Equal(2, cursor.ReadUInt16());
        Assert.Equal(3u, cursor.ReadUInt32());
        Assert.Equal(4ul, cursor.ReadUInt64());
        Assert.Equal(624485ul, cursor.ReadUvarint());
        Assert.Equal([9, 8], cursor.ReadUvarintPrefixed(2).ToArray());
        Assert.Equal((121, 0), ((int)cursor.Offset, cursor.Remaining));
    }

    [Fact]
    public void The_end_is_a_malformed_record_with_its_offset()
    {
        var failure = Assert.Throws<MalformedDataException>(() =>
        {
            var cursor = new ByteCursor([1, 2, 3], "test", "record", 100);
            cursor.Skip(1);
            return cursor.ReadUInt32();
        });

        Assert.Equal((101, "record", "needs 4 bytes where 2 are left"), ((int)failure.Offset, failure.Structure, failure.Rule));
    }

    [Fact]
    public void Negative_and_overlong_lengths_are_refused()
    {
        Assert.Throws<MalformedDataException>(() => new ByteCursor([1, 2, 3], "test", "record").Skip(-1));
        Assert.Throws<MalformedDataException>(() => new ByteCursor([0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], "test", "record").ReadUvarint());
        Assert.Throws<MalformedDataException>(() =>
        {
            new ByteCursor([5, 1, 2, 3, 4, 5], "test", "record").ReadUvarintPrefixed(4);
        });
    }
}
