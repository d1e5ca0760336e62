using Faultline.Binaries.Code;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code;

/// <summary>Map call sites of a program whose lines say what there is to find, on every toolchain and build mode.</summary>
public sealed class MapCallSiteTests
{
    private static readonly IReadOnlyList<SiteMark> Marks = SiteMark.ReadSites(MarkedProgram.Name);

    [Theory]
    [MemberData(nameof(MarkedProgram.Builds), MemberType = typeof(MarkedProgram))]
    public void Every_mark_is_found_with_its_type_and_home(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        var wrong = new List<string>();
        // Under the race detector the compiler leaves loops that delete every key as they are written.
        foreach (var mark in Marks.Where(mark => mark.Operation != MapOperation.Clear || variant != BuildVariant.Race.Name))
        {
            List<MapCallSite> sites = [.. program.SitesOn(mark.Line).Where(site => site.Operation == mark.Operation && IsWanted(site, mark))];
            if (sites.Count == 0)
                wrong.Add($"{mark}: no such call among {string.Join(", ", program.SitesOn(mark.Line).Select(Describe))}");
            foreach (var site in sites)
            {
                if (site.Types.Select(type => type.Name).Except(mark.Types, StringComparer.Ordinal).Any())
                    wrong.Add($"{mark}: {Describe(site)}");
                if (mark.Home.Length > 0 && !site.Operand.Roots.Any(root => IsHome(root, mark.Home, program.Binary.IsStripped)))
                    wrong.Add($"{mark}: not at home in {Describe(site)}");
                if (!mark.IsOpen && (!site.Operand.IsComplete || site.Operand.IsPrivate != mark.IsPrivate))
                    wrong.Add($"{mark}: {(mark.IsPrivate ? "not private" : "not complete")} in {Describe(site)}");
            }
        }

        Assert.Empty(wrong);
    }

    public static IEnumerable<TheoryDataRow<int, string, string>> StrippedBuilds() =>
        from toolchain in Toolchain.All
        from variants in ((BuildVariant, BuildVariant)[])[(BuildVariant.Plain, BuildVariant.Stripped), (BuildVariant.Pie, BuildVariant.PieStripped), (BuildVariant.Arm64, BuildVariant.Arm64Stripped)]
        where variants.Item1 == BuildVariant.Plain || toolchain == Toolchain.Newest || toolchain == Toolchain.All[0]
        select new TheoryDataRow<int, string, string>(toolchain.Release, variants.Item1.Name, variants.Item2.Name);

    /// <summary>Stripping takes the symbols and DWARF; that leaves all of a site but the names of variables.</summary>
    [Theory]
    [MemberData(nameof(StrippedBuilds))]
    public void A_stripped_binary_has_the_same_sites(int release, string variant, string strippedVariant)
    {
        using var whole = MarkedProgram.Open(release, variant);
        using var stripped = MarkedProgram.Open(release, strippedVariant);
        Assert.False(whole.Binary.IsStripped);
        Assert.True(stripped.Binary.IsStripped);
        Assert.True(whole.Code.MapCallSites.Count >= Marks.Count);
        Assert.Equal(DescribeAll(whole), DescribeAll(stripped));
    }

    [Theory]
    [MemberData(nameof(MarkedProgram.Builds), MemberType = typeof(MarkedProgram))]
    public void Operands_of_one_map_are_never_proven_different(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        List<(SiteMark Mark, MapCallSite Site)> found = [.. from mark in Marks from site in program.SitesOn(mark.Line) where IsWanted(site, mark) select (mark, site)];
        Assert.True(found.Count >= Marks.Count);
        foreach (var (leftMark, left) in found)
        {
            foreach (var (rightMark, right) in found)
            {
                var areDifferent = AreProvenDifferent(left, right);
                if (leftMark.Labels.Intersect(rightMark.Labels, StringComparer.Ordinal).Any() && left.Types.Intersect(right.Types).Any())
                    Assert.False(areDifferent, $"{leftMark} and {rightMark} are one map: {Describe(left)} / {Describe(right)}");
                if (leftMark.Apart.Intersect(rightMark.Labels, StringComparer.Ordinal).Any())
                    Assert.True(areDifferent, $"{leftMark} and {rightMark} are two maps: {Describe(left)} / {Describe(right)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(MarkedProgram.Builds), MemberType = typeof(MarkedProgram))]
    public void Calls_are_found_by_their_return_address(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        var sites = program.Code.MapCallSites;
        Assert.True(program.Code.IsAvailable);
        Assert.Equal(sites.OrderBy(site => site.CallAddress), sites);
        foreach (var site in sites)
        {
            Assert.Same(site, program.Code.FindMapCallSite(site.ReturnAddress));
            Assert.Null(program.Code.FindMapCallSite(site.CallAddress));
        }

        foreach (var site in sites.Where((_, index) => index % 16 == 0))
        {
            Assert.Equal(site.Callee, program.Code.FindCall(site.ReturnAddress)?.TargetName);
            Assert.Null(program.Code.FindCall(site.CallAddress + 1));
        }

        Assert.Null(program.Code.FindCall(0));
        Assert.Null(program.Code.FindCall(ulong.MaxValue));
    }

    /// <summary>Race builds split <c>m[k]++</c> into a read and a write; calls in other instances of generic code have other types.</summary>
    private static bool IsWanted(MapCallSite site, SiteMark mark) =>
        site.Types.Count > 0 && site.Types.Any(type => mark.Types.Contains(type.Name, StringComparer.Ordinal));

    private static bool AreProvenDifferent(MapCallSite left, MapCallSite right) =>
        left.Operand.IsComplete && right.Operand.IsComplete && !left.Operand.Roots.Intersect(right.Operand.Roots).Any();

    private static bool IsHome(MapRoot root, string home, bool isStripped) => home.Split(' ', 2) switch
    {
        ["global", var name] => root.Kind == MapRootKind.Global && (isStripped ? root.Name.StartsWith("global 0x", StringComparison.Ordinal) : root.Name == name),
        ["field", var name] => root.Kind == MapRootKind.Field && root.Name == name,
        _ => root.Kind == MapRootKind.Allocation,
    };

    /// <summary>
    /// All of every site but the addresses of data, which lies elsewhere in a stripped binary, and the names of variables: those are numbered
    /// as they come. Of files the names, because cached binaries may have been built in different folders.
    /// </summary>
    private static IEnumerable<string> DescribeAll(MarkedProgram program)
    {
        var globals = new Dictionary<MapRoot, int>();
        foreach (var site in program.Code.MapCallSites)
        {
            yield return string.Join('\n', (string[])
            [
                $"{site.FunctionEntry:x} {site.CallAddress:x} {site.ReturnAddress:x} {site.Operation} {site.Callee}",
                .. site.Types.Select(type => $"{type.Name} {type.Key} {type.Element}"),
                .. site.Frames.Select(frame => (frame with { File = Path.GetFileName(frame.File) }).ToString()),
                $"{site.Operand.IsComplete} {site.Operand.IsPrivate} {site.Operand.DirectCount}",
                .. site.Operand.Roots.Select(NameOf),
            ]);
        }

        string NameOf(MapRoot root)
        {
            if (root.Kind != MapRootKind.Global)
                return $"{root.Kind} {root.Offset} {root.Name}";
            if (!globals.TryGetValue(root, out var number))
                globals.Add(root, number = globals.Count);
            return $"{root.Kind} {root.Offset} {number}";
        }
    }

    private static string Describe(MapCallSite site) =>
        $"{site.Operation} {string.Join('|', site.Types.Select(type => type.Name))} in {site.Frames[^1].Function} at 0x{site.CallAddress:x} "
        + $"[{string.Join(", ", site.Operand.Roots.Select(root => root.Name))}]{(site.Operand.IsComplete ? "" : " open")}{(site.Operand.IsPrivate ? " private" : "")}";
}
