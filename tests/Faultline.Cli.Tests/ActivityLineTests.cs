using System.Diagnostics;
using System.Text.RegularExpressions;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary>What a command that takes its time shows on a terminal (of <c>script</c>), and that it shows it nowhere else.</summary>
public sealed partial class ActivityLineTests
{
    [Fact]
    public async Task A_long_command_says_on_a_terminal_that_it_is_at_work()
    {
        string shown = await Run("script", "-qefc", $"{Program.Path} layout {Toolchain.Newest!.Command} --false-sharing", "/dev/null");
        MatchCollection lines = Line().Matches(shown);
        Assert.NotEmpty(lines);
        // It is gone before the answer begins, and never comes back.
        int last = lines[^1].Index + lines[^1].Length;
        Assert.StartsWith("\r\e[K", shown[last..], StringComparison.Ordinal);
        Assert.DoesNotContain("\e[K", shown[(last + 4)..], StringComparison.Ordinal);
        Assert.Contains("package", shown[last..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_sees_it()
    {
        Outcome outcome = await Program.Finish(Program.Start(new Dictionary<string, string>(StringComparer.Ordinal), ["layout", Toolchain.Newest!.Command, "--false-sharing"]), default);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.DoesNotContain('\e', outcome.Text);
    }

    private static async Task<string> Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    [GeneratedRegex(@"\r\e\[Kfaultline layout: \d+ s", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Line();
}
