using System.Diagnostics;
using System.Globalization;
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
        Assert.Matches("map        0x[0-9a-f]+, ", outcome.Error);
        Assert.Contains("raised by  goroutine ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("main.(*sessionStore).", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("verdict    ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("goroutine 1 [", File.ReadAllText(Path.Combine(place.Recording, "crash.log")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(place.Recording, "manifest.json")));
        Assert.Equal(0, (await FaultlineProgram.Run(place.Folder, "diagnose", place.Recording)).ExitCode);
    }

    [Fact]
    public async Task A_deadlock_and_a_panic_are_caught()
    {
        using Workplace deadlock = new("deadlock", "1.27");
        Outcome asleep = await Catch(deadlock, deadlock.Binary);
        Assert.Equal(2, asleep.ExitCode);
        Assert.Contains("caught in runtime.fatal", asleep.Error, StringComparison.Ordinal);
        Assert.Contains("message    all goroutines are asleep - deadlock!", asleep.Error, StringComparison.Ordinal);
        using Workplace panic = new("chanclose", "1.25");
        Outcome closed = await Catch(panic, panic.Binary);
        Assert.Equal(2, closed.ExitCode);
        Assert.Contains("caught in runtime.fatalpanic", closed.Error, StringComparison.Ordinal);
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

    [Fact]
    public async Task Threads_signals_forks_and_exec_pass_untouched()
    {
        using Workplace place = new("crowd", "1.26");
        // What it becomes finds its standard input at the end.
        Outcome outcome = await CatchWithInput(place, $"storm 300\nrun 20\nthreads 50\nexec {place.Binary} - 5 2\n", place.Binary, "-", "1000", "200");
        Assert.Equal("ready\nheard 300\nran 20\ngrown\nready\n", outcome.Output);
        Assert.Equal(2, outcome.Error.Split("watching process").Length - 1);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task A_running_process_is_let_go_without_a_trace()
    {
        using Workplace place = new("crowd", "1.24");
        using Process crowd = StartCrowd(place);
        using Process faultline = FaultlineProgram.Start(place.Folder, "catch", "-o", place.Recording, "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture));
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) > 10, "breakpoints");
        Outcome other = await FaultlineProgram.Run(place.Folder, "catch", "-o", place.Recording + "2", "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(69, other.ExitCode);
        Assert.Contains("is traced already", other.Error, StringComparison.Ordinal);
        Kill("-INT", faultline.Id);
        Outcome outcome = await FaultlineProgram.Finish(faultline, "");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("nothing was caught", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0, BreakpointsIn(crowd.Id, place.Binary));
        await AssertAlive(crowd);
    }

    [Fact]
    public async Task When_faultline_is_killed_the_program_goes_on_without_breakpoints()
    {
        using Workplace place = new("crowd", "1.27", BuildMode.Pie);
        using Process crowd = StartCrowd(place);
        using Process faultline = FaultlineProgram.Start(place.Folder, "catch", "-o", place.Recording, "--pid", crowd.Id.ToString(CultureInfo.InvariantCulture));
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) > 10, "breakpoints");
        Kill("-KILL", faultline.Id);
        await Tracing.Until(() => BreakpointsIn(crowd.Id, place.Binary) == 0, "the program's own bytes");
        await AssertAlive(crowd);
        await FaultlineProgram.Finish(faultline, "");
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
