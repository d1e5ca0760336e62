using System.Runtime.Versioning;

namespace Faultline.Cli.Tests;

[SupportedOSPlatform("linux")]
public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Output_replaces_the_file_whole()
    {
        string report = Path.Combine(_folder, "report.txt");
        await File.WriteAllTextAsync(report, new string('x', 100_000), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(report, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Outcome direct = await Program.Run(default, "diagnose", "crash.log");
        Outcome written = await Program.Run(default, "diagnose", "crash.log", "-o", report);

        Assert.Equal((0, ""), (written.ExitCode, written.Text));
        Assert.Equal(direct.Text, await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(report));
        Assert.Equal([report], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Output_follows_a_link()
    {
        string target = Path.Combine(_folder, "target.txt");
        string link = Path.Combine(_folder, "link.txt");
        await File.WriteAllTextAsync(target, "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, target);
        Outcome written = await Program.Run(default, "diagnose", "crash.log", "-o", link);
        Assert.Equal(0, written.ExitCode);
        Assert.StartsWith("fatal error:", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public async Task A_failed_run_leaves_the_old_report()
    {
        string report = Path.Combine(_folder, "report.txt");
        await File.WriteAllTextAsync(report, "old", TestContext.Current.CancellationToken);
        Assert.Equal(65, (await Program.Run(default, "diagnose", "plain.log", "-o", report)).ExitCode);
        Assert.Equal("old", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Output_may_be_a_device()
    {
        Outcome written = await Program.Run(default, "diagnose", "crash.log", "-o", "/dev/null");
        Assert.Equal((0, "", ""), (written.ExitCode, written.Text, written.Error));
    }
}
