using Faultline.Reports.Text;

namespace Faultline.Reports.Tests;

public sealed class ProgressTextTests
{
    [Theory]
    [InlineData(0L, "crash.log: ──────────────────── 0 %, 0.0 of 20.0 MB")]
    [InlineData(5_000_000L, "crash.log: ━━━━━─────────────── 25 %, 5.0 of 20.0 MB")]
    [InlineData(20_000_000L, "crash.log: ━━━━━━━━━━━━━━━━━━━━ 100 %, 20.0 of 20.0 MB")]
    // A file that grows while it is read.
    [InlineData(20_000_001L, "crash.log: 20.0 MB")]
    public void Has_a_bar_where_the_size_is_known(long done, string shown) => Assert.Equal("faultline: reading " + shown, ProgressText.Of("crash.log", done, 20_000_000, 100));

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    public void Counts_where_it_is_not(long? total) => Assert.Equal("faultline: reading -: 1234.6 MB", ProgressText.Of("-", 1_234_560_000, total, 80));

    [Fact]
    public void Is_shorter_than_the_terminal_and_shows_the_end_of_the_name()
    {
        string shown = ProgressText.Of("/var/log/" + new string('x', 200) + "/crash\e[2J.log", 5_000_000, 20_000_000, 80);
        Assert.Equal(79, shown.Length);
        Assert.StartsWith("faultline: reading …crash", shown, StringComparison.Ordinal);
        Assert.Contains("crash\\x1b[2J.log: ━━━━━───", shown, StringComparison.Ordinal);
    }
}
