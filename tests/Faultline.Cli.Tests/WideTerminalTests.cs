using System.Diagnostics;
using System.Globalization;

namespace Faultline.Cli.Tests;

/// <summary>Both sides of a crash next to each other on a terminal (of <c>script</c>) that is wide enough, and under one another elsewhere.</summary>
public sealed class WideTerminalTests
{
    private static readonly string[] s_told = ["TERM_PROGRAM", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "FORCE_HYPERLINK", "NO_COLOR", "COLUMNS", "LINES"];

    [Fact]
    public async Task A_wide_one_shows_both_sides_on_one_line()
    {
        string shown = await OnTerminal(160, "xterm-256color", "");
        string[] lines = [.. shown.Split('\n').Select(line => line.TrimEnd('\r'))];
        Assert.Contains(lines, line => line.Contains("Victim", StringComparison.Ordinal) && line.Contains("Rival", StringComparison.Ordinal) && line.Contains("\e[33mPROBABLE:\e[0m", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("(*sessionStore).lookup, pc 0x", StringComparison.Ordinal) && line.Contains("(*sessionStore).touch, pc 0x", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("main.go:37 ", StringComparison.Ordinal) && line.EndsWith("main.go:47", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Colours_are_left_out_as_everywhere()
    {
        string dumb = await OnTerminal(160, "dumb", "");
        Assert.Contains(dumb.Split('\n'), line => line.Contains("Victim", StringComparison.Ordinal) && line.Contains("Rival", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', dumb);
        Assert.Equal(dumb, await OnTerminal(160, "xterm-256color", "NO_COLOR=1"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(129)]
    public async Task A_narrow_one_has_one_column(int columns)
    {
        string shown = await OnTerminal(columns, "xterm-256color", "");
        Assert.Contains("  Victim", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(shown.Split('\n'), line => line.Contains("Victim", StringComparison.Ordinal) && line.Contains("Rival", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pipe_on_a_wide_one_has_one_column_of_80()
    {
        string shown = await OnTerminal(160, "xterm-256color", "", " | cat");
        Assert.Contains("\r\n  Victim", shown, StringComparison.Ordinal);
        Assert.Contains("\r\n  Rival", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', shown);
    }

    private static async Task<string> OnTerminal(int columns, string terminal, string setting, string pipe = "")
    {
        string command = string.Create(CultureInfo.InvariantCulture, $"stty cols {columns} rows 50; {setting} {Program.Path} demo 2>/dev/null{pipe}");
        ProcessStartInfo start = new("script", ["-qefc", command, "/dev/null"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string name in s_told)
            start.Environment.Remove(name);
        start.Environment["TERM"] = terminal;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
