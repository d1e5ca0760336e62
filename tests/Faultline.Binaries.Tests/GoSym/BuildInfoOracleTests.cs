using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Build information and identifiers of real binaries against <c>go version -m</c>, <c>go tool buildid</c> and readelf.</summary>
public sealed class BuildInfoOracleTests
{
    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Build_info_is_that_of_go_version(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var info = binary.BuildInfo;
        Assert.NotNull(info);
        Assert.Equal(release, info.Release);
        Assert.Equal("example.com/shapes", info.MainPackage);
        Assert.Equal("example.com/shapes", info.MainModule);
        Assert.Empty(info.Experiments);

        var lines = Toolchain.Newest.Go("version", "-m", binary.Path).Split('\n');
        Assert.EndsWith($": {info.GoVersion}", lines[0], StringComparison.Ordinal);
        var settings = lines.Select(line => line.Trim().Split('\t')).Where(fields => fields[0] == "build").Select(fields => fields[1]).Order(StringComparer.Ordinal);
        // The tool prints values that hold spaces as quoted Go strings.
        Assert.Equal(settings, info.Settings.Select(pair => $"{pair.Key}={Quoted(pair.Value)}").Order(StringComparer.Ordinal));
        Assert.Equal(BuildVariant.Get(variant).Architecture, info.Settings["GOARCH"]);
        Assert.Equal(binary.Architecture, info.Settings["GOARCH"]);
        Assert.Equal(variant.StartsWith("pie", StringComparison.Ordinal), binary.IsPositionIndependent);
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Build_ids_are_those_of_the_tools(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);

        Assert.Equal(Toolchain.Get(24).Go("tool", "buildid", binary.Path).Trim(), binary.GoBuildId);
        var notes = ExternalTool.Run("readelf", ["-nW", binary.Path]);
        const string mark = "Build ID: ";
        var start = notes.IndexOf(mark, StringComparison.Ordinal);
        Assert.Equal(start < 0 ? null : notes[(start + mark.Length)..].Split('\n')[0].Trim(), binary.GnuBuildId);
        if (release >= 24)
            Assert.NotNull(binary.GnuBuildId);
    }

    [Fact]
    public void Experiments_are_read_in_the_older_spelling()
    {
        using var binary = BinaryMatrix.Open(25, "noswissmap");

        Assert.Equal(["noswissmap"], binary.BuildInfo?.Experiments);
        Assert.Equal(25, binary.BuildInfo?.Release);
    }

    private static string Quoted(string value) => value.Contains(' ', StringComparison.Ordinal) ? $"\"{value}\"" : value;
}
