using Faultline.Binaries.Code;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code;

/// <summary>The test program with one map operation per way to come to a map, built and analysed.</summary>
public sealed class MarkedProgram : IDisposable
{
    public const string Name = "mapsites";

    private MarkedProgram(GoBinary binary)
    {
        Binary = binary;
        Code = new ProgramCode(binary);
    }

    public GoBinary Binary { get; }

    public ProgramCode Code { get; }

    public static IEnumerable<TheoryDataRow<int, string>> Builds() =>
        from toolchain in Toolchain.All
        from variant in BuildVariant.Codes
        select new TheoryDataRow<int, string>(toolchain.Release, variant.Name);

    /// <summary>Each toolchain once, and every way to build with the oldest and the newest: a first build takes the standard library along.</summary>
    public static IEnumerable<TheoryDataRow<int, string>> Arm64Builds() =>
        from toolchain in Toolchain.All
        from variant in BuildVariant.Arm64Codes
        where variant == BuildVariant.Arm64 || toolchain == Toolchain.Newest || toolchain == Toolchain.All[0]
        select new TheoryDataRow<int, string>(toolchain.Release, variant.Name);

    public static MarkedProgram Open(int release, string variant) => new(GoBinary.Open(PathOf(release, variant)));

    public static string PathOf(int release, string variant)
    {
        if (variant == BuildVariant.Race.Name)
            Assert.SkipUnless(ExternalTool.IsInstalled("gcc"), "the race detector needs a C compiler");
        return Toolchain.Get(release).Build(Name, BuildVariant.Get(variant));
    }

    /// <summary>The calls on a line of the program; one that was inlined or instantiated several times has several.</summary>
    public IEnumerable<MapCallSite> SitesOn(int line) => Code.MapCallSites.Where(site => IsOn(site.Frames[0].File, site.Frames[0].Line, line));

    public static bool IsOn(string file, int at, int line) => at == line && file.EndsWith($"{Name}/main.go", StringComparison.Ordinal);

    public void Dispose() => Binary.Dispose();
}
