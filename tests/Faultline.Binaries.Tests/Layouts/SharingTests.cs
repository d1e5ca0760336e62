using Faultline.Binaries.Layouts;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>False sharing in a program whose truth is known, from every toolchain, with and without symbols and inlining.</summary>
public sealed class SharingTests
{
    private const int LineSize = 64;

    private static readonly string[] Variants = ["plain", "stripped", "no-inlining", "pie"];

    public static IEnumerable<TheoryDataRow<int, string>> Binaries() =>
        from toolchain in Toolchain.All
        from variant in Variants
        select new TheoryDataRow<int, string>(toolchain.Release, variant);

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Shared_lines_are_found_and_no_others(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var found = new SharingFinder(program.Code, program.Catalog, LineSize).FindAll();
        Assert.Equal(["main.atomics", "main.counters", "main.guarded", "main.late"], found.Select(sharing => sharing.Shape.Name));
        Assert.Equal(["received-sent"], Pairs(found[0]));
        Assert.Equal(["hits-misses"], Pairs(found[1]));
        Assert.Equal(["mu-ticks", "ticks-total"], Pairs(found[2]));
        Assert.Equal(["hits-id"], Pairs(found[3]));
        Assert.All(found, sharing => Assert.All(sharing.Pairs, pair => Assert.False(pair.IsFixed)));
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Writers_stand_on_their_lines(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var sharing = new SharingFinder(program.Code, program.Catalog, LineSize).Find(program.Find("main.counters"));
        Assert.NotNull(sharing);
        var source = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Programs", "layouts", "main.go"));
        foreach (var part in sharing.Fields)
        {
            Assert.All(part.Writers, writer => Assert.Contains($"c.{part.Path[^1].Name}", source[writer.Place!.Value.Line - 1], StringComparison.Ordinal));
            Assert.NotEmpty(part.Goroutines);
        }
    }

    /// <summary>main fills in the new object before anyone else can see it.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void Making_an_object_is_no_shared_write(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var sharing = new SharingFinder(program.Code, program.Catalog, LineSize).Find(program.Find("main.counters"));
        Assert.DoesNotContain("main", sharing!.Fields.SelectMany(part => part.Goroutines));
    }

    /// <summary>The advice is laid out again, and no two fields of different goroutines are left within a line of each other.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void The_order_that_is_advised_parts_them(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        foreach (var sharing in new SharingFinder(program.Code, program.Catalog, LineSize).FindAll())
        {
            var parted = sharing.Parted!;
            Assert.True(parted.Size > sharing.Shape.Size);
            foreach (var pair in sharing.Pairs)
            {
                var (first, second) = (Place(parted, sharing.Fields[pair.First]), Place(parted, sharing.Fields[pair.Second]));
                Assert.True(first.Offset - second.End >= LineSize - 1 || second.Offset - first.End >= LineSize - 1);
            }

            Assert.Equal(sharing.Shape.Fields.Select(part => part.Name).Order(StringComparer.Ordinal), parted.Fields.Where(part => part.Name != "_").Select(part => part.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Other_architectures_say_that_nothing_is_known()
    {
        using var program = LayoutBinary.Build(Toolchain.Newest.Release, "arm64");
        var finder = new SharingFinder(program.Code, program.Catalog, LineSize);
        Assert.False(finder.IsAvailable);
        Assert.Empty(finder.FindAll());
        Assert.Empty(ChannelPicture.Draw(program.Code, program.Find("runtime.hchan")));
    }

    private static LaidField Place(FieldOrder order, WrittenField part) => order.Fields.Single(laid => laid.Name == part.Path[0].Name);

    private static IEnumerable<string> Pairs(FalseSharing sharing) => sharing.Pairs
        .Select(pair => string.Join('-', ((string[])[sharing.Fields[pair.First].Path[0].Name, sharing.Fields[pair.Second].Path[0].Name]).Order(StringComparer.Ordinal)))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
