using System.Text;

namespace Faultline.Cli.Tests;

/// <summary>One row a command line: its exit code, and what it writes to both streams, held in <c>Goldens/</c>.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string, string, string, int> Rows => new()
    {
        // golden, arguments, file for standard input, exit code
        { "help", "--help", "empty.log", 0 },
        { "help-diagnose", "diagnose --help", "empty.log", 0 },
        { "help-demo", "demo --help", "empty.log", 0 },
        { "help-symbolize", "symbolize --help", "empty.log", 0 },
        { "help-info", "info --help", "empty.log", 0 },
        { "help-events", "events --help", "empty.log", 0 },
        { "help-trace", "trace --help", "empty.log", 0 },
        { "help-core", "core --help", "empty.log", 0 },
        { "help-goroutines", "goroutines --help", "empty.log", 0 },
        { "events-missing", "events nowhere", "empty.log", 66 },
        { "events-log", "events plain.log", "empty.log", 65 },
        { "events-bad-object", "events plain.log --object here", "empty.log", 64 },
        { "events-bad-goroutine", "events plain.log --goroutine main", "empty.log", 64 },
        { "events-broken", "events broken.perf.data", "empty.log", 65 },
        { "recording-broken", "diagnose crash.log broken.perf.data", "empty.log", 65 },
        { "recording-empty", "diagnose empty.perf.data", "empty.log", 65 },
        { "events-empty", "events empty.perf.data", "empty.log", 0 },
        { "symbolize-no-binary", "symbolize", "empty.log", 64 },
        { "symbolize-bad-format", "symbolize broken.elf --format xml", "empty.log", 64 },
        { "symbolize-bad-bias", "symbolize broken.elf 0x1 --load-bias high", "empty.log", 64 },
        { "symbolize-missing", "symbolize nowhere 0x1", "empty.log", 66 },
        { "symbolize-broken", "symbolize broken.elf 0x1", "empty.log", 65 },
        { "symbolize-log", "symbolize plain.log 0x1", "empty.log", 65 },
        { "symbolize-core", "symbolize core.elf 0x1", "empty.log", 65 },
        { "symbolize-debug-dir", "symbolize broken.elf 0x1 --debug-dir nowhere", "empty.log", 66 },
        { "info-missing", "info nowhere", "empty.log", 66 },
        { "info-broken", "info broken.elf", "empty.log", 65 },
        { "info-two", "info broken.elf core.elf", "empty.log", 64 },
        { "version", "--version", "empty.log", 0 },
        { "diagnose", "diagnose crash.log", "empty.log", 0 },
        { "diagnose-stdin", "diagnose -", "crash.log", 0 },
        { "diagnose-stdin", "diagnose", "crash.log", 0 },
        { "diagnose-json", "diagnose crash.log --format json", "empty.log", 0 },
        { "diagnose-two", "diagnose crash.log crash-cut.log", "empty.log", 0 },
        { "diagnose-note", "diagnose crash.log plain.log", "empty.log", 0 },
        { "diagnose-cut", "diagnose crash-cut.log", "empty.log", 0 },
        { "diagnose-color", "diagnose crash.log --color always", "empty.log", 0 },
        { "diagnose", "diagnose crash.log --color never", "empty.log", 0 },
        { "diagnose", "diagnose crash.log --fail-on confirmed", "empty.log", 0 },
        { "diagnose", "diagnose crash.log --fail-on possible", "empty.log", 3 },
        { "diagnose-source-path", "diagnose crash.log --source-path example.com/shop=elsewhere", "empty.log", 0 },
        { "pipe-plain", "", "plain.log", 0 },
        { "pipe-empty", "", "empty.log", 0 },
        { "pipe-crash", "", "crash.log", 0 },
        { "pipe-crash", "--fail-on possible", "crash.log", 3 },
        { "pipe-json", "--format json", "crash.log", 0 },
        { "no-crash", "diagnose plain.log", "empty.log", 65 },
        { "no-crash-stdin", "diagnose -", "plain.log", 65 },
        { "no-crash-two", "diagnose plain.log empty.log", "empty.log", 65 },
        { "empty", "diagnose empty.log", "empty.log", 65 },
        { "empty-stdin", "diagnose", "empty.log", 65 },
        { "missing", "diagnose nowhere.log", "empty.log", 66 },
        { "missing-binary", "diagnose crash.log --binary nowhere", "empty.log", 66 },
        { "missing-binary", "--binary nowhere", "plain.log", 66 },
        { "folder", "diagnose .", "empty.log", 66 },
        { "output-folder", "diagnose crash.log -o nowhere/report.txt", "empty.log", 66 },
        { "broken-elf", "diagnose crash.log broken.elf", "empty.log", 65 },
        { "not-elf", "diagnose crash.log --binary plain.log", "empty.log", 65 },
        { "core", "diagnose core.elf", "empty.log", 65 },
        { "compressed", "diagnose log.gz", "empty.log", 65 },
        { "compressed-crash", "diagnose crash.log.gz", "empty.log", 0 },
        { "piped-binary", "diagnose -", "broken.elf", 65 },
        { "two-binaries", "diagnose crash.log broken.elf --binary broken.elf", "empty.log", 64 },
        { "stdin-twice", "diagnose - -", "crash.log", 64 },
        { "bad-format", "diagnose crash.log --format xml", "empty.log", 64 },
        { "bad-fail-on", "diagnose crash.log --fail-on sure", "empty.log", 64 },
        { "bad-color", "--color blue", "empty.log", 64 },
        { "bad-source-path", "diagnose crash.log --source-path elsewhere", "empty.log", 64 },
        { "no-value", "diagnose crash.log --binary", "empty.log", 64 },
        { "unknown-option", "diagnose crash.log --verbose", "empty.log", 64 },
        { "unknown-root-option", "--verbose", "empty.log", 64 },
        { "unknown-command", "crash.log", "empty.log", 64 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Does_what_its_golden_says(string golden, string arguments, string input, int exitCode)
    {
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(Program.SourceFolder(), "Inputs", input), TestContext.Current.CancellationToken);
        Outcome outcome = await Program.Run(bytes, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        string actual = outcome.Text + (outcome.Error.Length > 0 ? "--- stderr\n" + outcome.Error : "");

        string path = Path.Combine(Program.SourceFolder(), "Goldens", golden + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(path, actual, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), actual);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Fact]
    public void Every_golden_has_a_row()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(Program.SourceFolder(), "Goldens")).Select(path => Path.GetFileNameWithoutExtension(path)!);
        Assert.Equal(Rows.Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Errors_are_one_sentence_without_control_characters()
    {
        Outcome outcome = await Program.Run(default, "diagnose", "no\e[31msuch\nfile");
        Assert.Equal(66, outcome.ExitCode);
        Assert.DoesNotContain('\e', outcome.Error);
        Assert.StartsWith("faultline: there is no file 'no\\x1b[31msuch", outcome.Error, StringComparison.Ordinal);
    }
}
