using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Tests.Reading;

public sealed class MappedFileTests
{
    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(1, 99_999)]
    [InlineData(5000, 20)]
    [InlineData(99_999, 1)]
    [InlineData(100_000, 0)]
    [InlineData(100_001, 1)]
    [InlineData(-1, 8)]
    [InlineData(0, long.MaxValue)]
    public void Released_pages_come_back(long offset, long size)
    {
        using var directory = new TemporaryDirectory();
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(number => (byte)(number * 7))];
        using var file = MappedFile.Open(directory.Write(bytes));
        Assert.True(file.TrySlice(0, bytes.Length, out var before));
        Assert.True(before.SequenceEqual(bytes));

        file.ReleasePages(offset, size);

        Assert.True(before.SequenceEqual(bytes));
    }
}
