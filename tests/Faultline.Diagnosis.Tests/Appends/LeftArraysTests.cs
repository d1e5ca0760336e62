using Faultline.Diagnosis.Appends;

namespace Faultline.Diagnosis.Tests.Appends;

/// <summary>Arrays that were left, and memory that is used again.</summary>
public sealed class LeftArraysTests
{
    private readonly LeftArrays _arrays = new();

    [Fact]
    public void An_array_is_found_by_its_bytes_only()
    {
        Leave(0x1000, 64, 0x9000);
        Assert.Null(_arrays.Find(0xfff));
        Assert.NotNull(_arrays.Find(0x1000));
        Assert.NotNull(_arrays.Find(0x103f));
        Assert.Null(_arrays.Find(0x1040));
    }

    [Fact]
    public void A_new_array_takes_over_all_that_it_lies_on()
    {
        Leave(0x1000, 64, 0x9000);
        Leave(0x1040, 64, 0x9100);
        Leave(0x1080, 64, 0x9200);
        Leave(0x1100, 64, 0x9300);

        // It begins inside the first one and is longer than 128 bytes.
        Leave(0x5000, 128, 0x1020);
        Assert.Null(_arrays.Find(0x1000));
        Assert.Null(_arrays.Find(0x1040));
        Assert.Null(_arrays.Find(0x1080));
        Assert.NotNull(_arrays.Find(0x1100));
        Assert.NotNull(_arrays.Find(0x5000));
    }

    private void Leave(ulong address, ulong extent, ulong next) => _arrays.Add(new Growth(1, 7, address, extent) { NewAddress = next });
}
