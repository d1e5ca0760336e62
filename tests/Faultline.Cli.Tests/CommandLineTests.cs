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
        { "help-pctable", "pctable --help", "empty.log", 0 },
        { "help-symbols", "symbols --help", "empty.log", 0 },
        { "symbols-missing", "symbols nowhere", "empty.log", 66 },
        { "symbols-broken", "symbols broken.elf", "empty.log", 65 },
        { "symbols-bad-sort", "symbols broken.elf --sort colour", "empty.log", 64 },
        { "threads-huge-thread", "threads empty.perf.data --thread 99999999999", "empty.log", 64 },
        { "help-threads", "threads --help", "empty.log", 0 },
        { "threads-missing", "threads nowhere", "empty.log", 66 },
        { "threads-log", "threads plain.log", "empty.log", 65 },
        { "threads-broken", "threads broken.perf.data", "empty.log", 65 },
        { "threads-empty", "threads empty.perf.data", "empty.log", 65 },
        { "threads-bad-thread", "threads plain.log --thread main", "empty.log", 64 },
        { "help-disasm", "disasm --help", "empty.log", 0 },
        { "disasm-missing", "disasm nowhere main.main", "empty.log", 66 },
        { "disasm-broken", "disasm broken.elf main.main", "empty.log", 65 },
        { "disasm-core", "disasm core.elf main.main", "empty.log", 65 },
        { "disasm-no-function", "disasm broken.elf", "empty.log", 64 },
        { "disasm-both", "disasm broken.elf main.main --all", "empty.log", 64 },
        { "disasm-bad-syntax", "disasm broken.elf main.main --syntax masm", "empty.log", 64 },
        { "disasm-bad-around", "disasm broken.elf 0x1 --around -1", "empty.log", 64 },
        { "help-events", "events --help", "empty.log", 0 },
        { "help-trace", "trace --help", "empty.log", 0 },
        { "trace", "trace app.trace", "empty.log", 0 },
        { "help-race", "race --help", "empty.log", 0 },
        { "race", "race race.log", "empty.log", 0 },
        { "race-stdin-json", "race - --format json", "race.log", 0 },
        { "race-slices", "race race.log --slice low=0xc000094008,6,11,8 --slice high=0xc000094028,7,7,8", "empty.log", 0 },
        { "race-no-slice", "race race.log --slice low=1,2", "empty.log", 64 },
        { "race-none", "race crash.log", "empty.log", 65 },
        { "race-diagnose", "diagnose race.log", "empty.log", 0 },
        { "race-diagnose-json", "diagnose race.log --format json", "empty.log", 65 },
        { "race-pipe", "", "race.log", 0 },
        { "race-build", "race race.log build.log", "empty.log", 0 },
        { "race-build-json", "race race.log build.log --format json", "empty.log", 0 },
        { "race-build", "diagnose race.log build.log", "empty.log", 0 },
        { "diagnose-build-only", "diagnose build.log", "empty.log", 65 },
        { "help-escape", "escape --help", "empty.log", 0 },
        { "escape", "escape build.log", "empty.log", 0 },
        { "escape-stdin-json", "escape - --format json", "build.log", 0 },
        { "escape-at", "escape build.log --at kinds.go:180", "empty.log", 0 },
        { "escape-at-json", "escape build.log --at kinds.go:180:13 --format json", "empty.log", 0 },
        { "escape-var", "escape build.log --var done", "empty.log", 0 },
        { "escape-top", "escape build.log --top 1", "empty.log", 0 },
        { "escape-nothing-there", "escape build.log --at kinds.go:1", "empty.log", 65 },
        { "escape-bad-at", "escape build.log --at kinds.go", "empty.log", 64 },
        { "escape-none", "escape plain.log", "empty.log", 65 },
        { "escape-binary", "escape broken.elf", "empty.log", 65 },
        { "escape-missing", "escape nowhere", "empty.log", 66 },
        { "escape-no-log", "escape", "empty.log", 64 },
        { "help-graph", "graph --help", "empty.log", 0 },
        { "graph-trace", "graph app.trace", "empty.log", 0 },
        { "graph-trace-json", "graph app.trace --format json", "empty.log", 0 },
        { "graph-traces", "graph app.trace app.trace", "empty.log", 64 },
        { "trace-top", "trace app.trace --top 1", "empty.log", 0 },
        { "trace-json", "trace app.trace --format json --top 2", "empty.log", 0 },
        { "trace-goroutine", "trace app.trace --goroutine 15", "empty.log", 0 },
        { "trace-goroutine-json", "trace app.trace --goroutine 34 --format json", "empty.log", 0 },
        { "trace-events", "trace app.trace --events --goroutine 7", "empty.log", 0 },
        { "trace-cut", "trace app-cut.trace --top 2", "empty.log", 0 },
        { "trace-missing", "trace nowhere", "empty.log", 66 },
        { "trace-folder", "trace .", "empty.log", 66 },
        { "trace-log", "trace plain.log", "empty.log", 65 },
        { "trace-log", "trace plain.log --events", "empty.log", 65 },
        { "trace-empty", "trace empty.log", "empty.log", 65 },
        { "trace-old", "trace old.trace", "empty.log", 65 },
        { "trace-nothing", "trace head.trace", "empty.log", 65 },
        { "trace-no-goroutine", "trace app.trace --goroutine 99", "empty.log", 65 },
        { "trace-bad-goroutine", "trace app.trace --goroutine main", "empty.log", 64 },
        { "trace-bad-top", "trace app.trace --top -1", "empty.log", 64 },
        { "trace-bad-format", "trace app.trace --format yaml", "empty.log", 64 },
        { "trace-events-json", "trace app.trace --events --format json", "empty.log", 64 },
        { "trace-events-json", "trace app.trace --events --top 3", "empty.log", 64 },
        { "help-core", "core --help", "empty.log", 0 },
        { "help-goroutines", "goroutines --help", "empty.log", 0 },
        { "help-sched", "sched --help", "empty.log", 0 },
        { "sched", "sched sched.log", "empty.log", 0 },
        { "sched-stdin", "sched -", "sched.log", 0 },
        { "sched-top", "sched sched.log --top 2", "empty.log", 0 },
        { "sched-all", "sched sched.log --all", "empty.log", 0 },
        { "sched-color", "sched sched.log --top 0 --color always", "empty.log", 0 },
        { "sched-json", "sched sched.log --format json --top 1", "empty.log", 0 },
        { "sched-json-all", "sched sched.log --format json --all", "empty.log", 0 },
        { "sched-json", "sched sched.log --top 1 --format json --color always", "empty.log", 0 },
        { "sched-detail", "sched sched-detail.log", "empty.log", 0 },
        { "sched-detail-json", "sched sched-detail.log --format json --top 1 --goroutine 21", "empty.log", 0 },
        { "sched-goroutine", "sched sched-detail.log --goroutine 21 --top 1", "empty.log", 0 },
        { "sched-goroutine-missing", "sched sched-detail.log --goroutine 4711", "empty.log", 65 },
        { "sched-goroutine-no-details", "sched sched.log --goroutine 1", "empty.log", 65 },
        { "sched-none", "sched plain.log", "empty.log", 65 },
        { "sched-none-json", "sched plain.log --format json", "empty.log", 65 },
        { "sched-empty", "sched -", "empty.log", 65 },
        { "sched-binary", "sched broken.elf", "empty.log", 65 },
        { "sched-stream-missing", "sched sched.log --stream web-1", "empty.log", 65 },
        { "sched-missing", "sched nowhere.log", "empty.log", 66 },
        { "sched-folder", "sched .", "empty.log", 66 },
        { "sched-bad-top", "sched sched.log --top few", "empty.log", 64 },
        { "sched-bad-format", "sched sched.log --format xml", "empty.log", 64 },
        { "sched-no-log", "sched", "empty.log", 64 },
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
        { "pctable-missing", "pctable nowhere runtime.mapassign", "empty.log", 66 },
        { "pctable-broken", "pctable broken.elf runtime.mapassign", "empty.log", 65 },
        { "pctable-no-function", "pctable broken.elf", "empty.log", 64 },
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
        { "race-diagnose", "diagnose race.log --fail-on possible", "empty.log", 3 },
        { "diagnose-source-path", "diagnose crash.log --source-path example.com/shop=elsewhere", "empty.log", 0 },
        { "pipe-plain", "", "plain.log", 0 },
        { "pipe-empty", "", "empty.log", 0 },
        { "pipe-crash", "", "crash.log", 0 },
        { "pipe-crash", "--fail-on possible", "crash.log", 3 },
        { "pipe-json", "--format json", "crash.log", 0 },
        { "pipe-html", "--format html", "crash.log", 64 },
        { "record-html", "record --format html -- ./app", "empty.log", 64 },
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
