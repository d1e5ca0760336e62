using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Catching;

/// <summary><c>faultline catch</c> on real programs: what it says, and that the program does not notice.</summary>
public sealed class CatchTests
{
    [Theory]
    [InlineData("1.19", BuildMode.Plain)]
    [InlineData("1.23", BuildMode.Stripped)]
    [InlineData("1.27", BuildMode.Pie)]
    public async Task A_map_fault_is_caught_with_its_map_and_the_program_dies_as_it_would_have(string version, BuildMode mode)
    {
        using Workplace place = new("maphot", version, mode);
        Outcome outcome = await Catch(place, place.Binary);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("fatal error: concurrent map", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("threads stood", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).", outcome.Output, StringComparison.Ordinal);
        Assert.Matches("field main.sessionStore\\+24, at\\s+0x[0-9a-f]+", outcome.Output);
        Assert.Contains("goroutine 1 [", File.ReadAllText(Path.Combine(place.Recording, "crash.log")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(place.Recording, "manifest.json")));
        Assert.Equal(outcome.Output, (await FaultlineProgram.Run(place.Folder, "diagnose", place.Recording, "--binary", place.Binary)).Output);
    }

    [Fact]
    public async Task A_deadlock_and_a_panic_are_caught()
    {
        using Workplace deadlock = new("deadlock", "1.27");
        Outcome asleep = await Catch(deadlock, deadlock.Binary);
        Assert.Equal(2, asleep.ExitCode);
        Assert.Contains("caught in runtime.fatal", asleep.Error, StringComparison.Ordinal);
        Outcome locks = await FaultlineProgram.Run(deadlock.Folder, "core", deadlock.Recording, "locks");
        Assert.Matches("kind Mutex  address 0x[0-9a-f]+  waiting 1  waiters [0-9]+  held by [0-9]+ \\(inferred\\)", locks.Output);
        using Workplace panic = new("chanclose", "1.25");
        Outcome closed = await Catch(panic, panic.Binary);
        Assert.Equal(2, closed.ExitCode);
        Assert.Contains("caught in runtime.fatalpanic", closed.Error, StringComparison.Ordinal);
    }

    /// <summary>Goroutines, stacks and what they wait for: the small core has them all, and the whole one the heap as well.</summary>
    [Theory]
    [InlineData("1.19", BuildMode.Plain, "--core")]
    [InlineData("1.24", BuildMode.Stripped)]
    [InlineData("1.27", BuildMode.Pie)]
    [InlineData("1.27", BuildMode.Plain, "--core")]
    public async Task What_is_caught_is_a_core_with_all_goroutines(string version, BuildMode mode, params string[] options)
    {
        using Workplace place = new("mapww", version, mode);
        Outcome outcome = await FaultlineProgram.Run(place.Folder, ["catch", "-o", place.Recording, .. options, "--", place.Binary]);
        Assert.Equal(2, outcome.ExitCode);
        Outcome goroutines = await FaultlineProgram.Run(place.Folder, "goroutines", place.Recording, "--format", "json");
        Assert.Equal(0, goroutines.ExitCode);
        using JsonDocument buckets = JsonDocument.Parse(goroutines.Output);
        JsonElement[] all = [.. buckets.RootElement.GetProperty("buckets").EnumerateArray()];
        string[] printed = [.. File.ReadLines(Path.Combine(place.Recording, "crash.log")).Where(line => line.StartsWith("goroutine ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];
        string[] kept = [.. all.SelectMany(bucket => bucket.GetProperty("ids").GetString()!.Split(' '))];
        Assert.Empty(printed.Except(kept, StringComparer.Ordinal));
        Assert.All(all, bucket => Assert.NotEmpty(bucket.GetProperty("frames").EnumerateArray()));
        Assert.True(goroutines.Error.Length == 0, goroutines.Error);

        // gdb takes it for what it is.
        Outcome gdb = await FaultlineProgram.Finish(
            FaultlineProgram.StartTool(place.Folder, "gdb", "--batch", "-nx", "-ex", "info threads", place.Binary, Path.Combine(place.Recording, "core")), "");
        Assert.Matches("\\* 1 +LWP [0-9]+ .*runtime.mapassign_faststr|\\* 1 +LWP [0-9]+ +0x[0-9a-f]+ in", gdb.Output);
        Assert.DoesNotContain("not a core dump", gdb.Error, StringComparison.Ordinal);
    }

    /// <summary>Memory without the log: the goroutines in it are asked as those of a log are.</summary>
    [Fact]
    public async Task A_core_alone_names_both_sides()
    {
        using Workplace place = new("maphot", "1.25");
        await FaultlineProgram.Run(place.Folder, "catch", "--core", "-o", place.Recording, "--", place.Binary);
        Outcome report = await FaultlineProgram.Run(place.Folder, "diagnose", place.Binary, Path.Combine(place.Recording, "core"), "--format", "json");
        Assert.Equal(0, report.ExitCode);
        JsonElement incident = JsonDocument.Parse(report.Output).RootElement.GetProperty("incidents")[0];
        Assert.Equal("confirmed", incident.GetProperty("victim").GetProperty("confidence").GetString());
        Assert.Contains("lookup", incident.GetProperty("victim").GetProperty("function").GetString(), StringComparison.Ordinal);
        Assert.Contains("touch", incident.GetProperty("rivals")[0].GetProperty("function").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("confirmed", incident.GetProperty("rivals")[0].GetProperty("confidence").GetString());

        Outcome traceback = await FaultlineProgram.Run(place.Folder, "core", place.Binary, Path.Combine(place.Recording, "core"), "traceback");
        Assert.StartsWith("SCHED 0ms: ", traceback.Output, StringComparison.Ordinal);
        Assert.Matches(@"goroutine [0-9]+ \[running\]:\nruntime\.mapaccess", traceback.Output);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "core.log"), "fatal error: concurrent map read and map write\n" + traceback.Output, TestContext.Current.CancellationToken);
        Outcome again = await FaultlineProgram.Run(place.Folder, "diagnose", "core.log", place.Binary, "--format", "json");
        JsonElement read = JsonDocument.Parse(again.Output).RootElement.GetProperty("incidents")[0];
        Assert.Equal(incident.GetProperty("victim").GetProperty("goroutine").GetInt64(), read.GetProperty("victim").GetProperty("goroutine").GetInt64());
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("panic", 2)]
    [InlineData("kill 9", 128 + 9)]
    [InlineData("kill 15", 128 + 15)]
    public async Task The_exit_code_is_the_programs_own(string line, int expected)
    {
        using Workplace place = new("crowd", "1.27");
        Outcome outcome = await CatchWithInput(place, line + "\n", place.Binary, "-", "20", "3");
        Assert.Equal(expected, outcome.ExitCode);
        Assert.Equal(expected == 2, Directory.Exists(place.Recording));
    }

    [Theory]
    [InlineData("--ptrace")]
    [InlineData]
    public async Task Threads_signals_forks_and_exec_pass_untouched(params string[] options)
    {
        using Workplace place = new("crowd", "1.26");
        // What it becomes finds its standard input at the end.
        Outcome outcome = await FaultlineProgram.Finish(
            FaultlineProgram.Start(place.Folder, ["catch", .. options, "-o", place.Recording, "--", place.Binary, "-", "1000", "200"]), $"storm 300\nrun 20\nthreads 50\nexec {place.Binary} - 5 2\n");
        Assert.Equal("ready\nheard 300\nran 20\ngrown\nready\n", outcome.Output);
        // A tracer hears of the exec, and sets its breakpoints again.
        Assert.Equal(outcome.Error.Contains("the kernel waits", StringComparison.Ordinal) ? 1 : 2, outcome.Error.Split("watching process").Length - 1);
        Assert.Equal(0, outcome.ExitCode);
    }

    /// <summary>Threads that C made call into Go all the time; two of them collide on a map, below a frame of C.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public async Task A_program_with_C_threads_runs_on_and_its_fault_is_caught(string version)
    {
        using Workplace place = new("cthreads", version, BuildMode.Cgo);
        Outcome healthy = await CatchWithInput(place, "exit 7\n", place.Binary, "-", "50");
        Assert.Equal((7, "ready\n"), (healthy.ExitCode, healthy.Output));
        Outcome outcome = await CatchWithInput(place, "fault\n", place.Binary, "-", "50");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("fatal error: concurrent map writes", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("threads stood", outcome.Error, StringComparison.Ordinal);
        Outcome report = await FaultlineProgram.Run(place.Folder, "diagnose", place.Recording, "--format", "json");
        JsonElement incident = JsonDocument.Parse(report.Output).RootElement.GetProperty("incidents")[0];
        Assert.Equal("main.visit", incident.GetProperty("victim").GetProperty("function").GetString());
        Assert.Equal("confirmed", incident.GetProperty("victim").GetProperty("confidence").GetString());
        Assert.Equal("main.visit", incident.GetProperty("rivals")[0].GetProperty("function").GetString());
        // All that are in a callback are in the core, with the frames of Go that are below the C ones as well.
        Outcome goroutines = await FaultlineProgram.Run(place.Folder, "goroutines", place.Recording);
        Assert.Contains("main.visit", goroutines.Output, StringComparison.Ordinal);
        Assert.Contains("runtime.cgocallback", goroutines.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_user_may_catch_what_is_his_own()
    {
        const string nobody = "65534";
        using Workplace place = new("mapww", "1.26");
        File.SetUnixFileMode(place.Folder, (UnixFileMode)0b111_111_111);
        string[] asNobody = ["setpriv", $"--reuid={nobody}", $"--regid={nobody}", "--clear-groups", FaultlineProgram.CopyTo(place.Folder), "catch", "-o", place.Recording];
        Outcome outcome = await FaultlineProgram.Finish(FaultlineProgram.StartTool(place.Folder, [.. asNobody, "--", place.Binary]), "");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("threads stood", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(place.Recording, "core")));

        // A process of root is not his.
        using Workplace other = new("crowd", "1.26");
        using Process crowd = StartCrowd(other);
        Outcome refused = await FaultlineProgram.Finish(FaultlineProgram.StartTool(place.Folder, [.. asNobody[..^1], place.Recording + "2", "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture)]), "");
        Assert.Equal(69, refused.ExitCode);
        Assert.Contains("may not", refused.Error, StringComparison.Ordinal);
        await AssertAlive(crowd);
    }

    [Theory]
    [InlineData("--ptrace")]
    [InlineData]
    public async Task A_running_process_is_let_go_without_a_trace(params string[] options)
    {
        using Workplace place = new("crowd", "1.24");
        using Process crowd = StartCrowd(place);
        using Process faultline = FaultlineProgram.Start(place.Folder, ["catch", .. options, "-o", place.Recording, "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture)]);
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) > 10, "breakpoints");
        if (options.Length > 0)
        {
            Outcome other = await FaultlineProgram.Run(place.Folder, "catch", "-o", place.Recording + "2", "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(69, other.ExitCode);
            Assert.Contains("is traced already", other.Error, StringComparison.Ordinal);
        }

        Kill("-INT", faultline.Id);
        Outcome outcome = await FaultlineProgram.Finish(faultline, "");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("nothing was caught", outcome.Error, StringComparison.Ordinal);
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) == 0, "the program's own bytes");
        await AssertAlive(crowd);
    }

    [Theory]
    [InlineData("--ptrace")]
    [InlineData]
    public async Task When_faultline_is_killed_the_program_goes_on_without_breakpoints(params string[] options)
    {
        using Workplace place = new("crowd", "1.27", BuildMode.Pie);
        using Process crowd = StartCrowd(place);
        using Process faultline = FaultlineProgram.Start(place.Folder, ["catch", .. options, "-o", place.Recording, "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture)]);
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) > 10, "breakpoints");
        Kill("-KILL", faultline.Id);
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) == 0, "the program's own bytes");
        await AssertAlive(crowd);
        await FaultlineProgram.Finish(faultline, "");
    }

    /// <summary>Where the kernel waits, it stops the program; where a tracer does, it does: each way is taken, and says so.</summary>
    [Theory]
    [InlineData("stopped by the kernel")]
    [InlineData("after the breakpoint was heard of", "--ptrace")]
    public async Task Both_ways_to_wait_catch_the_same(string words, params string[] options)
    {
        using Workplace place = new("maphot", "1.26");
        Outcome outcome = await FaultlineProgram.Run(place.Folder, ["catch", .. options, "-o", place.Recording, "--", place.Binary]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.SkipUnless(options.Length > 0 || outcome.Error.Contains("the kernel waits", StringComparison.Ordinal), "this kernel does not load the program: it is caught by a tracer here");
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
        Assert.Matches("field main.sessionStore\\+24, at\\s+0x[0-9a-f]+", outcome.Output);
        using Workplace later = new("chansend", "1.25");
        using Process running = Process.Start(new ProcessStartInfo(later.Binary) { UseShellExecute = false, RedirectStandardError = true })!;
        Outcome followed = await FaultlineProgram.Run(later.Folder, ["catch", .. options, "-o", later.Recording, "--pid", running.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.Contains("send on closed channel", await running.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, running.ExitCode);
        // It lives for 50 ms: it can have died before it was followed.
        Assert.True(followed.Error.Contains(words, StringComparison.Ordinal) || followed.ExitCode != 0 || followed.Error.Contains("nothing was caught", StringComparison.Ordinal), followed.Error);
    }

    private static Task<Outcome> Catch(Workplace place, params IEnumerable<string> command) => FaultlineProgram.Run(place.Folder, ["catch", "-o", place.Recording, "--", .. command]);

    private static Task<Outcome> CatchWithInput(Workplace place, string input, params IEnumerable<string> command) =>
        FaultlineProgram.Finish(FaultlineProgram.Start(place.Folder, ["catch", "-o", place.Recording, "--", .. command]), input);

    private static Process StartCrowd(Workplace place)
    {
        Process crowd = Process.Start(new ProcessStartInfo(place.Binary, ["-", "100", "20"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("ready", crowd.StandardOutput.ReadLine());
        return crowd;
    }

    private static async Task AssertAlive(Process crowd)
    {
        await crowd.StandardInput.WriteLineAsync("ping");
        Assert.Equal("pong", await crowd.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await crowd.StandardInput.WriteLineAsync("exit 7");
        await crowd.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, crowd.ExitCode);
    }

    /// <summary>How many fatal points hold other bytes than the file.</summary>
    private static int BreakpointsIn(int processId, string path)
    {
        using GoBinary binary = GoBinary.Open(path);
        ulong bias = Faultline.Runtime.Live.ProcessFiles.LoadBias(processId, binary)!.Value;
        using Microsoft.Win32.SafeHandles.SafeFileHandle memory = File.OpenHandle($"/proc/{processId}/mem");
        byte[] expected = new byte[1];
        byte[] found = new byte[1];
        return FatalPoints.Find(binary).Count(point =>
        {
            binary.Read(point.Address, expected);
            RandomAccess.Read(memory, found, (long)(point.Address + bias));
            return found[0] != expected[0];
        });
    }

    private static void Kill(string signal, int processId)
    {
        using Process kill = Process.Start("kill", [signal, processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
