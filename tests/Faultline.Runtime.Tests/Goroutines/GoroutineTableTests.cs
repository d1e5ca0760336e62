using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Goroutines;

/// <summary>Goroutines, threads and processors against what the program says about itself.</summary>
public sealed class GoroutineTableTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Every_goroutine_is_there_in_its_state(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var state = process.State;
        Assert.Equal(isStripped, state.Globals.AreFromScan);
        var release = process.Dump.Binary.BuildInfo!.Release!.Value;
        foreach (var (name, id) in process.ReadTruth().Goroutines)
        {
            Assert.True(state.Goroutines.TryFind(id, out var goroutine), $"goroutine {id} ({name}) is missing");
            var expected = ExpectedState(name, release);
            Assert.True(expected == state.Describe(goroutine), $"{name}: {state.Describe(goroutine)} instead of {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Every_stack_leads_to_its_beginning(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        foreach (var goroutine in process.State.Goroutines)
        {
            var frames = process.State.Stacks.Read(goroutine, out var end);
            Assert.True(end == UnwindEnd.Complete, $"goroutine {goroutine.Id} [{process.State.Describe(goroutine)}]: {end} after {frames.Length} frames");
            Assert.Equal(frames.Length, process.State.Stacks.Set.Frames(process.State.Stacks.Intern(goroutine, out _)).Count());
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Threads_and_processors_fit_together(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var state = process.State;
        Assert.Equal(
            process.Dump.Core.Threads.Select(thread => thread.ThreadId).Order(),
            state.Machines.Select(machine => machine.ThreadId).Where(id => id != 0).Order());
        Assert.Equal(Enumerable.Range(0, state.Processors.Count), state.Processors.Select(processor => processor.Id));
        Assert.NotEmpty(state.Processors);
        var spinning = Find(process, "spinning");
        var machine = state.Machines.Single(machine => machine.CurrentGoroutine == spinning.Address);
        Assert.Equal(machine.Address, state.Processors.Single(processor => processor.Address == machine.Processor).Machine);
        var locked = Find(process, "locked");
        Assert.Contains(state.Machines, machine => machine.LockedGoroutine == locked.Address && machine.Address == locked.LockedMachine);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Labels_and_creators_are_read(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var labelled = Find(process, "labelled");
        Assert.Equal([new("path", "/a b"), new("request", "42")], GoroutineLabels.Read(process.State, labelled));
        Assert.Equal(process.Dump.Binary.BuildInfo!.Release >= 21 ? 1UL : 0, labelled.ParentId);
        Assert.Equal("main.run", process.Dump.Binary.ResolveFrames(labelled.CreatorPc - 1 - process.Dump.LoadBias)[0].Function);
        Assert.Equal("main.run.func1", process.Dump.Binary.ResolveFrames(labelled.StartPc - process.Dump.LoadBias)[^1].Function);
    }

    private static Goroutine Find(ParkedProcess process, string name)
    {
        Assert.True(process.State.Goroutines.TryFind(process.ReadTruth().Goroutines[name], out var goroutine));
        return goroutine;
    }

    private static string ExpectedState(string name, int release) => name.TrimEnd(' ', '1', '2', '3') switch
    {
        "receiver" or "timer waiter" => "chan receive",
        "sender" or "full sender" => "chan send",
        "selecting" => "select",
        "nil receiver" => "chan receive (nil chan)",
        "select nothing" => "select (no cases)",
        "mutex waiter" => release < 20 ? "semacquire" : "sync.Mutex.Lock",
        "pending writer" => release < 20 ? "semacquire" : "sync.RWMutex.Lock",
        "waiting reader" => release < 20 ? "semacquire" : "sync.RWMutex.RLock",
        "group waiter" => release < 24 ? "semacquire" : "sync.WaitGroup.Wait",
        "cond waiter" => "sync.Cond.Wait",
        "in a system call" => "syscall",
        "network" => "IO wait",
        "spinning" => "running",
        _ => "sleep",
    };
}
