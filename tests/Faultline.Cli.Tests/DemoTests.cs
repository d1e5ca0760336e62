namespace Faultline.Cli.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_names_both_sides_with_their_source()
    {
        // A temporary folder of its own: other tests run the demo at the same time.
        string folder = Directory.CreateTempSubdirectory("faultline-").FullName;
        Outcome outcome = await Program.Finish(Program.Start(new Dictionary<string, string>(StringComparer.Ordinal) { ["TMPDIR"] = folder }, ["demo"]), default);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("fatal error: concurrent map read and map write\n", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).lookup", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).touch", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("// race:read", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("// race:write", outcome.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }
}
