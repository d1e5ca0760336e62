using Faultline.Binaries.Layouts;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>What channel operations touch, read from every toolchain's own runtime, against what <c>runtime/chan.go</c> of each says.</summary>
public sealed class ChannelPictureTests
{
    private static readonly string[] Variants = ["plain", "stripped"];

    public static IEnumerable<TheoryDataRow<int, string>> Binaries() =>
        from toolchain in Toolchain.All
        from variant in Variants
        select new TheoryDataRow<int, string>(toolchain.Release, variant);

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Operations_touch_what_their_source_says(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var pictures = ChannelPicture.Draw(program.Code, program.Find("runtime.hchan")).ToDictionary(picture => picture.Operation, StringComparer.Ordinal);
        foreach (var operation in (string[])["send", "receive", "close", "select"])
            Assert.True(pictures[operation].TakesLock, operation);

        Assert.Equal("qcount sendx recvq sendq lock", Writes("send"));
        Assert.Equal("qcount sendx recvx recvq sendq lock", Writes("receive"));
        Assert.Equal("closed recvq sendq lock", Writes("close"));
        Assert.Equal("qcount sendx recvx recvq sendq lock", Writes("select"));
        foreach (var name in (string[])["qcount", "dataqsiz", "buf", "elemsize", "closed", "elemtype", "sendx", "recvq"])
            Assert.Contains(name, Reads("send"));
        foreach (var name in (string[])["qcount", "dataqsiz", "buf", "elemsize", "closed", "elemtype", "recvx", "sendq"])
            Assert.Contains(name, Reads("receive"));
        Assert.DoesNotContain("recvx", Reads("send"));
        Assert.DoesNotContain("buf", Reads("close"));

        // Since 1.23 a channel can belong to a timer, which a receiver has to look after.
        Assert.Equal(release >= 23, Reads("receive").Contains("timer"));
        Assert.Equal(release == 24, Reads("send").Contains("synctest"));
        Assert.Equal(release >= 25, Reads("send").Contains("bubble"));
        Assert.Equal(release >= 23, pictures.ContainsKey("len"));
        if (pictures.TryGetValue("len", out var length))
        {
            Assert.False(length.TakesLock);
            // In these two a timer's len can run the timer, which looks at the bubble.
            string[] more = release is 25 or 26 ? ["bubble"] : [];
            Assert.Equal(["qcount", "timer", .. more], Reads("len"));
            Assert.Equal(["dataqsiz", "timer"], Reads("cap"));
            Assert.Empty(length.Writes);
        }

        string Writes(string operation) => string.Join(' ', pictures[operation].Writes.Select(part => part.Name));
        string[] Reads(string operation) => [.. pictures[operation].Reads.Select(part => part.Name)];
    }

    /// <summary>The lock lies in another line than the counters, so no operation that blocks or buffers gets by with one line.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void Lines_follow_from_the_fields(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        foreach (var picture in ChannelPicture.Draw(program.Code, program.Find("runtime.hchan")))
        {
            Assert.Equal(picture.Reads.Concat(picture.Writes).Any(part => part.End > 64) ? [0L, 1L] : [0L], picture.Lines(64));
            Assert.True(picture.Lines(64).Count == 2 || !picture.TakesLock);
            Assert.Equal([0L], picture.Lines(128));
        }
    }
}
