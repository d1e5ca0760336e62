using System.Diagnostics;

namespace Faultline.Cli.Tests;

/// <summary>The scripts for shells, in the shells themselves, and the manual page.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-completion-");

    public CompletionTests() => File.CreateSymbolicLink(Path.Combine(_folder.FullName, "faultline"), Program.Path);

    public static TheoryData<string, string> Lines => new()
    {
        { "faultline dia", "diagnose" },
        { "faultline diagnose --form", "--format" },
        { "faultline diagnose --format m", "md mermaid" },
        { "faultline record --mode sl", "slice" },
        { "faultline diagnose crash.log --fail-on ", "confirmed possible probable" },
        { "faultline completion ", "bash fish zsh" },
        { "faultline diagnose ", "" },
        { "faultline no-such-command ", "" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Bash_offers_what_can_stand_there(string line, string expected)
    {
        string script = await Script("bash");
        string words = string.Join(' ', line.Split(' ').Select(word => $"'{word}'"));
        string answer = await Shell("bash", "-c", $"source {script}; COMP_WORDS=({words}); COMP_CWORD={line.Count(letter => letter == ' ')}; _faultline faultline; printf '%s\\n' \"${{COMPREPLY[@]}}\"");
        Assert.Equal(expected, Sorted(answer));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Fish_offers_what_can_stand_there(string line, string expected)
    {
        string script = await Script("fish");
        string answer = await Shell("fish", "--no-config", "-c", $"cd {_folder.FullName}; source {script}; complete -C '{line}'");
        // Where nothing else can stand, fish offers files.
        string offered = Sorted(string.Join('\n', answer.Split('\n').Select(item => item.Split('\t')[0]).Where(item => item is not ("bash" or "fish" or "zsh") || expected.Contains(item, StringComparison.Ordinal))));
        Assert.Equal(expected, expected.Length == 0 ? offered.Replace("faultline", "", StringComparison.Ordinal).Replace("script.fish", "", StringComparison.Ordinal).Trim() : offered.Replace(" faultline", "", StringComparison.Ordinal).Replace(" script.fish", "", StringComparison.Ordinal));
    }

    /// <summary>Typed into an interactive shell on a terminal of its own.</summary>
    [Fact]
    public async Task Zsh_completes_what_is_typed()
    {
        string script = await Script("zsh");
        string driver = Path.Combine(_folder.FullName, "drive.zsh");
        await File.WriteAllTextAsync(driver, $$"""
            zmodload zsh/zpty
            zpty -b shell zsh -f -i
            collect() {
              seen=
              for i in {1..300}; do
                zpty -r -t shell chunk && seen+=$chunk || sleep 0.1
                [[ $seen != *$1* ]] || break
              done
            }
            zpty -w shell 'PROMPT=""; autoload -Uz compinit; compinit -u -D; source {{script}}; print -r re""ady'
            collect ready
            zpty -w -n shell $'faultline diag\t'
            collect diagnose
            print -r -- "command:${${seen//$'\e'*([0-9;?])[a-zA-Z]/}//[^a-z -]/}"
            zpty -w -n shell $'--format mer\t'
            collect mermaid
            print -r -- "value:${seen//[^a-z -]/}"
            zpty -d shell
            """, TestContext.Current.CancellationToken);
        string answer = await Shell("zsh", "-f", driver);
        Assert.Contains("diagnose", answer.Split('\n').Single(line => line.StartsWith("command:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("mermaid", answer.Split('\n').Single(line => line.StartsWith("value:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_manual_page_is_sound_and_has_every_command()
    {
        Outcome page = await Program.Run(default, "man");
        Assert.Equal((0, ""), (page.ExitCode, page.Error));
        string path = Path.Combine(_folder.FullName, "faultline.1");
        await File.WriteAllTextAsync(path, page.Text, TestContext.Current.CancellationToken);
        string remarks = await Shell("bash", "-c", $"mandoc -T lint -W warning {path}");
        // It has no date: it is made when it is asked for.
        Assert.Equal("missing date", string.Join(' ', remarks.Trim().Split('\n').Select(line => line.Contains("missing date", StringComparison.Ordinal) ? "missing date" : line)));
        string shown = await Shell("bash", "-c", $"mandoc -T utf8 {path} | col -b");
        string help = (await Program.Run(default, "--help")).Text;
        foreach (string command in help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Length > 2 && char.IsAsciiLetterLower(line[2])).Select(line => line.Trim().Split(' ')[0]).Where(word => word != "faultline"))
            Assert.Contains($"faultline {command}", shown, StringComparison.Ordinal);
        // What a line begins with and backslashes do not get lost.
        Assert.Contains("./app 2>&1 | faultline", shown, StringComparison.Ordinal);
        Assert.Contains("--source-path OLD=NEW", shown, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Sorted(string lines) => string.Join(' ', lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private async Task<string> Script(string shell)
    {
        Outcome script = await Program.Run(default, "completion", shell);
        Assert.Equal((0, ""), (script.ExitCode, script.Error));
        string path = Path.Combine(_folder.FullName, "script." + shell);
        await File.WriteAllTextAsync(path, script.Text, TestContext.Current.CancellationToken);
        return path;
    }

    private async Task<string> Shell(params string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = _folder.FullName;
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
