namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>The real binaries that the oracle tests run on: every toolchain of the cache in every build variant.</summary>
public static class BinaryMatrix
{
    public static IEnumerable<TheoryDataRow<int>> Releases() => Toolchain.All.Select(toolchain => new TheoryDataRow<int>(toolchain.Release));

    public static IEnumerable<TheoryDataRow<int, string>> Binaries() =>
        from toolchain in Toolchain.All
        from variant in BuildVariant.Everywhere
        select new TheoryDataRow<int, string>(toolchain.Release, variant.Name);

    public static GoBinary Open(int release, string variant) => GoBinary.Open(PathOf(release, variant));

    public static string PathOf(int release, string variant) => Toolchain.Get(release).Build("shapes", BuildVariant.Get(variant));
}
