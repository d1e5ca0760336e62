namespace Faultline.Cli.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_names_both_sides_with_their_source()
    {
        HashSet<string> before = [.. Directory.GetDirectories(Path.GetTempPath(), "faultline-demo-*")];
        Outcome outcome = await Program.Run(default, "demo");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("fatal error: concurrent map read and map write\n", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).lookup", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).touch", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("// race:read", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("// race:write", outcome.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "faultline-demo-*").Except(before, StringComparer.Ordinal));
    }
}
