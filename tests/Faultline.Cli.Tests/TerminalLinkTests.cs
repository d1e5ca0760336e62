using System.Diagnostics;

namespace Faultline.Cli.Tests;

/// <summary>Hyperlinks of the text report, on a terminal (of <c>script</c>) and off it.</summary>
public sealed class TerminalLinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-link-");

    private string Folder => _folder.FullName;

    [Fact]
    public async Task A_terminal_that_knows_links_gets_them_for_files_that_are_here()
    {
        string log = await Write("/registry.go");
        string shown = await OnTerminal(log, ("TERM_PROGRAM", "WezTerm"));
        string address = $"file://{Uri.EscapeDataString(Environment.MachineName)}{string.Join('/', Folder.Split('/').Select(Uri.EscapeDataString))}/registry.go";
        Assert.Contains($"\e]8;;{address}\e\\{Folder}/registry.go:42\e]8;;\e\\", shown, StringComparison.Ordinal);
        // Of files that are not here nothing is linked, and the text is the same without the links.
        Assert.DoesNotContain("login.go\e", shown, StringComparison.Ordinal);
        string plain = await OnTerminal(log, ("TERM_PROGRAM", "other"));
        Assert.DoesNotContain("\e]8", plain, StringComparison.Ordinal);
        Assert.Equal(plain, shown.Replace($"\e]8;;{address}\e\\", "", StringComparison.Ordinal).Replace("\e]8;;\e\\", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dumb", "", "")]
    [InlineData("tmux-256color", "", "")]
    [InlineData("xterm-256color", "FORCE_HYPERLINK", "0")]
    public async Task Others_do_not(string terminal, string name, string value)
    {
        string log = await Write("/registry.go");
        List<(string, string)> environment = [("VTE_VERSION", "7000"), ("TERM", terminal)];
        if (name.Length > 0)
            environment.Add((name, value));
        Assert.DoesNotContain("\e]8", await OnTerminal(log, [.. environment]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_gets_none()
    {
        using Process process = Program.Start(new Dictionary<string, string>(StringComparer.Ordinal) { ["FORCE_HYPERLINK"] = "1", ["TERM_PROGRAM"] = "WezTerm" }, ["diagnose", await Write("/registry.go")]);
        Assert.DoesNotContain('\e', await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A file's name can hold anything; in the log it is text, and in the address only what cannot end it.</summary>
    [Fact]
    public async Task A_name_cannot_end_the_sequence()
    {
        string hostile = "/a\u001b]8;;http:evil\a%b.go";
        string log = await Write(hostile);
        await File.WriteAllTextAsync(Folder + hostile, "package main\n", TestContext.Current.CancellationToken);
        string shown = await OnTerminal(log, ("FORCE_HYPERLINK", "1"));
        Assert.DoesNotContain("\e]8;;http", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\a', shown);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> Write(string name)
    {
        await File.WriteAllTextAsync(Folder + "/registry.go", "package main\n", TestContext.Current.CancellationToken);
        string text = await File.ReadAllTextAsync(Path.Combine(Program.SourceFolder(), "Inputs", "crash.log"), TestContext.Current.CancellationToken);
        string log = Path.Combine(Folder, "crash.log");
        await File.WriteAllTextAsync(log, text.Replace("example.com/shop/registry.go", Folder + name, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        return log;
    }

    private static async Task<string> OnTerminal(string log, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("script", ["-qefc", $"{Program.Path} diagnose {log} 2>/dev/null", "/dev/null"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string name in (string[])["TERM_PROGRAM", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "FORCE_HYPERLINK", "NO_COLOR"])
            start.Environment.Remove(name);
        start.Environment["TERM"] = "xterm-256color";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
