using System.Diagnostics;
using System.Globalization;
using Faultline.Capture.Bundles;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Tests.Recording;

/// <summary>What goes wrong while recording: each gives a clear result, and no probe is left behind.</summary>
public sealed class FaultTests
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15;

    [Fact]
    public async Task A_killed_perf_costs_the_recording_but_not_the_log()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        Process record = StartLater(place, "2");
        await Tracing.Until(() => HasBegun(place), "the program");
        Send(Workplace.FindPerf(place.Folder), Kill);
        Outcome outcome = await FaultlineProgram.Finish(record, "");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("perf was killed by signal 9", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fatal error: concurrent map", outcome.Output, StringComparison.Ordinal);
        AssertClean(place);
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task A_signal_is_the_programs_and_ends_the_recording_with_it(int signal)
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.26");
        Process record = FaultlineProgram.Start(place.Folder, "record", "-o", place.Recording, "--binary", place.Binary, "--", "sleep", "61");
        await Tracing.Until(() => Processes(command => command == "sleep\0" + "61\0").Any(), "the program");
        Send(record.Id, signal);
        Outcome outcome = await FaultlineProgram.Finish(record, "");

        Assert.Contains($"ended by signal {signal}", outcome.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(place.Recording), outcome.Error);
        AssertClean(place);
    }

    [Fact]
    public async Task A_killed_recorder_leaves_nothing_behind()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.25");
        using Process record = StartLater(place, "10");
        await Tracing.Until(() => HasBegun(place), "the program");
        Send(record.Id, Kill);
        await Tracing.Until(() => Workplace.FindPerf(place.Folder) == 0 && Tracing.ProbesOn(place.Binary).Count == 0, "the guardian");
    }

    [Fact]
    public async Task What_a_recorder_and_its_guardian_left_the_next_recording_takes_away()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.24");
        using Process record = StartLater(place, "10");
        await Tracing.Until(() => HasBegun(place), "the program");
        string group = Tracing.ProbesOn(place.Binary)[0].Split(':', '/')[1];
        foreach (int guardian in Processes(command => command.Contains("faultline-guardian", StringComparison.Ordinal) && command.Contains(group, StringComparison.Ordinal)))
            Send(guardian, Kill);
        Send(record.Id, Kill);
        await record.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(Tracing.ProbesOn(place.Binary));

        using Workplace next = new("maphot", "1.27");
        Outcome outcome = await next.Record("--", next.Binary);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains($"took away the probes of {group}", outcome.Error, StringComparison.Ordinal);
        AssertClean(place);
        AssertClean(next);
        foreach (int left in Processes(command => command.Contains(place.Folder, StringComparison.Ordinal)))
            Send(left, Kill);
    }

    [Fact]
    public async Task A_full_disk_is_said_and_the_log_is_still_explained()
    {
        Tracing.Require();
        using Workplace place = new("maprare", "1.27");
        string small = Path.Combine(place.Folder, "small");
        Directory.CreateDirectory(small);
        await RunTool(place, "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small);
        try
        {
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "record", "--ring", "0", "-o", Path.Combine(small, "recording"), "--", place.Binary);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Contains("disk is full", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("fatal error: concurrent map", outcome.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
            AssertClean(place);
        }
        finally
        {
            await RunTool(place, "umount", small);
        }
    }

    [Fact]
    public async Task A_program_that_ends_at_once_has_no_crash()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.23");
        Outcome outcome = await place.Record("--binary", place.Binary, "--", "true");
        Assert.Contains("the program ended with exit code 0", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was recorded: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
        AssertClean(place);
    }

    [Theory]
    [InlineData("exec", "sh", "-c", "exec {0}")]
    [InlineData("fork", "sh", "-c", "{0} & wait $!")]
    [InlineData("fewer privileges", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "{0}")]
    [InlineData("other namespaces", "unshare", "--mount", "--pid", "--fork", "{0}")]
    public async Task A_program_that_is_started_by_another_is_recorded(string how, params string[] command)
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        Outcome outcome = await place.Record(["--binary", place.Binary, "--", .. command.Select(word => string.Format(CultureInfo.InvariantCulture, word, place.Binary))]);
        Assert.True(outcome.ExitCode == 0, $"{how}: {outcome.Error}");
        AssertClean(place);
        using Bundle bundle = Bundle.Open(place.Recording);
        Assert.Contains(RecordTests.Read(bundle), probe => probe.Kind == ProbeKind.Fatal);
        Assert.Contains("rule recorded-", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_was_replaced_is_noticed()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        using Workplace other = new("maphot", "1.22");
        Process record = StartLater(place, "2");
        await Tracing.Until(() => HasBegun(place), "the program");
        File.Move(other.Binary, place.Binary, overwrite: true);
        Outcome outcome = await FaultlineProgram.Finish(record, "");
        Assert.Contains("replaced", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("CONFIRMED: goroutine", outcome.Output, StringComparison.Ordinal);
        AssertClean(place);
    }

    [Fact]
    public async Task Two_recordings_at_once_do_not_disturb_each_other()
    {
        Tracing.Require();
        using Workplace one = new("maphot", "1.27");
        using Workplace two = new("mapww", "1.24");
        Outcome[] outcomes = await Task.WhenAll(one.Record("--", one.Binary), two.Record("--", two.Binary));
        foreach ((Workplace place, Outcome outcome) in new[] { one, two }.Zip(outcomes))
        {
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            using Bundle bundle = Bundle.Open(place.Recording);
            Assert.Contains(RecordTests.Read(bundle), probe => probe.Kind == ProbeKind.Fatal);
            AssertClean(place);
        }
    }

    [Fact]
    public async Task An_ordinary_user_is_told_what_is_missing()
    {
        Tracing.Require();
        using Workplace place = new("maphot", "1.27");
        string tool = Path.Combine(place.Folder, "faultline");
        // Native it is one file; built beside the tests it needs its libraries.
        bool isNative = !File.Exists(FaultlineProgram.Path + ".dll");
        foreach (string file in isNative ? [FaultlineProgram.Path] : Directory.GetFiles(Path.GetDirectoryName(FaultlineProgram.Path)!))
        {
            string copy = Path.Combine(place.Folder, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        }
        Outcome outcome = await FaultlineProgram.Finish(
            FaultlineProgram.StartTool(place.Folder, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, "record", "-o", "/tmp/faultline-never", "--", place.Binary), "");
        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("this cannot be recorded here", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("mend: sudo ", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/tmp/faultline-never"));
        AssertClean(place);
    }

    /// <summary>A recording of a program that begins only after some seconds.</summary>
    private static Process StartLater(Workplace place, string seconds) =>
        FaultlineProgram.Start(place.Folder, "record", "-o", place.Recording, "--binary", place.Binary, "--", "sh", "-c", $"sleep {seconds}; exec {place.Binary}");

    private static void AssertClean(Workplace place)
    {
        Assert.Empty(Tracing.ProbesOn(place.Binary));
        Assert.Equal(0, Workplace.FindPerf(place.Folder));
    }

    /// <summary>What <see cref="StartLater"/> runs was let go: all is attached.</summary>
    private static bool HasBegun(Workplace place) =>
        Processes(command => command.StartsWith("sh\0-c\0sleep ", StringComparison.Ordinal) && command.Contains(place.Binary, StringComparison.Ordinal)).Any();

    private static IEnumerable<int> Processes(Func<string, bool> matches)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            string command;
            try
            {
                if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    continue;
                command = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (matches(command))
                yield return int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
        }
    }

    private static void Send(int processId, int signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static async Task RunTool(Workplace place, params string[] command)
    {
        Outcome outcome = await FaultlineProgram.Finish(FaultlineProgram.StartTool(place.Folder, command), "");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
