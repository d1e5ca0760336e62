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

    [Theory]
    [InlineData("crash.log", "faultline/1")]
    [InlineData("race.log", "faultline-race/1")]
    public async Task A_page_goes_to_a_file_or_on_to_another_program(string log, string schema)
    {
        string page = Path.Combine(_folder, "report.html");
        Outcome written = await Program.Run(default, "diagnose", log, "--format", "html", "-o", page);
        Outcome sent = await Program.Run(default, "diagnose", log, "--format", "html", "-o", "-");
        Outcome piped = await Program.Run(default, "diagnose", log, "--format", "html");
        Assert.Equal((0, ""), (written.ExitCode, written.Text));
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.StartsWith("<!doctype html>\n", text, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", text, StringComparison.Ordinal);
        Assert.Contains($"\"schema\":\"{schema}\"", text, StringComparison.Ordinal);
        Assert.Equal((0, text), (sent.ExitCode, sent.Text));
        Assert.Equal((0, text), (piped.ExitCode, piped.Text));
        Assert.False(File.Exists(Path.Combine(Program.SourceFolder(), "Inputs", "-")));
    }

    [Fact]
    public async Task A_page_does_not_go_to_a_terminal()
    {
        System.Diagnostics.ProcessStartInfo start = new("script", ["-qefc", $"{Program.Path} diagnose crash.log --format html", "/dev/null"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.Combine(Program.SourceFolder(), "Inputs"),
        };
        using System.Diagnostics.Process terminal = System.Diagnostics.Process.Start(start)!;
        string said = await terminal.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await terminal.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(64, terminal.ExitCode);
        Assert.Contains("-o report.html", said, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_may_be_a_device()
    {
        Outcome written = await Program.Run(default, "diagnose", "crash.log", "-o", "/dev/null");
        Assert.Equal((0, "", ""), (written.ExitCode, written.Text, written.Error));
    }
}
