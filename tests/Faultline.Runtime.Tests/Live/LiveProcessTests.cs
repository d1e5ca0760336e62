using System.Globalization;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Unwinding;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Live;

/// <summary>Running programs that are stopped, read and let go.</summary>
public sealed class LiveProcessTests
{
    private const int GoroutineCount = 1000;
    private const int ThreadCount = 200;

    [Theory]
    [InlineData("1.19", BuildMode.Plain)]
    [InlineData("1.27", BuildMode.Pie)]
    [InlineData("1.25", BuildMode.Stripped)]
    public void A_thousand_goroutines_and_two_hundred_threads_are_seen_and_let_go(string version, BuildMode mode)
    {
        using var crowd = Subject.Start(Build("crowd", version, mode), "-", $"{GoroutineCount}", $"{ThreadCount}");
        using (var process = LiveProcess.Open(crowd.Id))
        {
            var state = Attach(process);
            Assert.InRange(process.Threads.Count, ThreadCount, int.MaxValue);
            Assert.Equal(GoroutineCount, state.Goroutines.Count(goroutine => state.Stacks.Read(goroutine, out _).Any(frame => NameOf(process, frame) == "main.parked")));
            Assert.Equal(ThreadCount, state.Goroutines.Count(goroutine => state.Stacks.Read(goroutine, out _).Any(frame => NameOf(process, frame) == "main.threaded")));
            foreach (var goroutine in state.Goroutines)
            {
                state.Stacks.Read(goroutine, out var end);
                Assert.True(end == UnwindEnd.Complete, $"goroutine {goroutine.Id} [{state.Describe(goroutine)}]: {end}");
            }

            Assert.NotEqual(0, ProcessFiles.StatusNumber(crowd.Id, "TracerPid"));
        }

        crowd.AssertFree();
    }

    [Fact]
    public void Objects_are_what_the_program_says_of_them()
    {
        var truthPath = Path.GetTempFileName();
        try
        {
            using var program = Subject.Start(Build("objects", "1.26", BuildMode.Plain), truthPath);
            using var process = LiveProcess.Open(program.Id);
            var state = Attach(process);
            foreach (var (name, id) in Truth.Read(truthPath).Goroutines)
                Assert.True(state.Goroutines.TryFind(id, out _), $"goroutine {id} ({name}) is missing");
            process.LetGo();
            Assert.Equal(0, ProcessFiles.StatusNumber(program.Id, "TracerPid"));
        }
        finally
        {
            File.Delete(truthPath);
        }
    }

    [Fact]
    public void Goroutines_are_those_that_delve_lists()
    {
        using var program = Subject.Start(Build("stuck", "1.24", BuildMode.Plain), "/dev/null");
        SortedSet<ulong> found;
        using (var process = LiveProcess.Open(program.Id))
            found = [.. Attach(process).Goroutines.Select(goroutine => goroutine.Id)];
        var output = Tool.RunWithInput(
            "goroutines\nexit\nn\n", Path.Combine(CacheFolder.Path, "bin", "dlv"), "attach", program.Id.ToString(CultureInfo.InvariantCulture), "--check-go-version=false", "--allow-non-terminal-interactive=true");
        var expected = output.Split('\n').Select(line => line.Replace("(dlv)", "", StringComparison.Ordinal).Trim(' ', '*')).Where(line => line.StartsWith("Goroutine ", StringComparison.Ordinal))
            .Select(line => ulong.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.Equal(new SortedSet<ulong>(expected), found);
    }

    [Fact]
    public void Code_in_C_has_its_goroutine()
    {
        using var program = Subject.Start(StackProgram.Build("stackscgo", Toolchain.TryFind("1.26")!, cgo: true), "park");
        using var process = LiveProcess.Open(program.Id);
        var state = Attach(process);
        var stacks = state.Goroutines.Select(goroutine => state.Stacks.Read(goroutine, out _).Select(frame => NameOf(process, frame)).ToList()).ToList();
        Assert.Equal(5, stacks.Count(stack => stack.Contains("main.inC")));
        Assert.Equal(6, stacks.Count(stack => stack.Contains("main.inCallback")));
        Assert.Single(stacks, stack => stack.Contains("main.spinning"));
    }

    [Fact]
    public void A_stopped_process_stays_stopped_and_goes_on_when_it_is_told_to()
    {
        using var crowd = Subject.Start(Build("crowd", "1.27", BuildMode.Plain), "-", "10", "3");
        Tool.Run("kill", "-STOP", crowd.Id.ToString(CultureInfo.InvariantCulture));
        using (var process = LiveProcess.Open(crowd.Id))
            Assert.InRange(Attach(process).Goroutines.Count, 10, 100);

        // A thread that is let go again in a stopped process runs a few instructions until it stops with the others.
        Assert.True(
            SpinWait.SpinUntil(() => File.ReadLines(ProcessFiles.Path(crowd.Id, "status")).Any(line => line.StartsWith("State:\tT", StringComparison.Ordinal)), TimeSpan.FromSeconds(10)),
            File.ReadAllText(ProcessFiles.Path(crowd.Id, "status")));
        Tool.Run("kill", "-CONT", crowd.Id.ToString(CultureInfo.InvariantCulture));
        crowd.AssertFree();
    }

    [Fact]
    public void What_cannot_be_traced_is_told_apart()
    {
        Assert.True(Assert.Throws<ProcessUnavailableException>(() => LiveProcess.Open(int.MaxValue)).IsMissing);
        using var crowd = Subject.Start(Build("crowd", "1.27", BuildMode.Plain), "-", "1", "1");
        using (LiveProcess.Open(crowd.Id))
        {
            var refusal = Assert.Throws<ProcessUnavailableException>(() => LiveProcess.Open(crowd.Id));
            Assert.Contains("is traced already", refusal.Message, StringComparison.Ordinal);
        }

        crowd.AssertFree();
    }

    private static RuntimeState Attach(LiveProcess process)
    {
        var state = RuntimeState.TryAttach(process.Binary, process.LoadBias, process.Memory, process.Threads, process.Log);
        Assert.True(state is not null, string.Join('\n', process.Diagnostics));
        return state;
    }

    private static string NameOf(LiveProcess process, StackFrame frame) => frame.FunctionIndex < 0 ? "" : process.Binary.Functions[frame.FunctionIndex].Name;

    private static string Build(string name, string version, BuildMode mode) => SampleBinary.Build(SampleProgram.FindParked(name), Toolchain.TryFind(version)!, mode).Path;
}
