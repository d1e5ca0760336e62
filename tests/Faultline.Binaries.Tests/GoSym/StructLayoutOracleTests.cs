using System.Globalization;
using System.Text;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>
/// The embedded layout table against the DWARF of real binaries, field by field. <c>UPDATE_GOLDEN=1</c> derives the table anew from
/// the toolchains of the cache.
/// </summary>
public sealed class StructLayoutOracleTests
{
    private static readonly string[] Variants = ["plain", "arm64", "noswissmap"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void The_table_agrees_with_DWARF(int release, string variant)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            LayoutTableWriter.Update([.. Configurations().Select(row => row.Data).Select(data => new LayoutSource(data.Item1, data.Item2))]);
        var source = new LayoutSource(release, variant);
        var layouts = StructLayouts.For(release, source.Architecture, source.Experiments);
        Assert.NotNull(layouts);
        Assert.False(layouts.IsExtrapolated);

        var wanted = source.ReadDwarf();
        Assert.True(wanted.Count > 25);
        Assert.Equal(Describe(wanted), Describe(layouts.All));
    }

    public static IEnumerable<TheoryDataRow<int, string>> Configurations() =>
        from toolchain in Toolchain.All
        from variant in Variants
        where variant != "noswissmap" || toolchain.Release is 24 or 25
        select new TheoryDataRow<int, string>(toolchain.Release, variant);

    private static string Describe(IEnumerable<StructLayout> layouts)
    {
        var text = new StringBuilder();
        foreach (var layout in layouts.OrderBy(layout => layout.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{layout.Name} {layout.Size}\n");
            foreach (var field in layout.Fields.OrderBy(field => field.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"  {field.Name} {field.Offset}+{field.Size}\n");
        }

        return text.ToString();
    }
}
