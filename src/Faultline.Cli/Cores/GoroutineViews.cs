using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Sync;
using Faultline.Runtime.Unwinding;

namespace Faultline.Cli.Cores;

/// <summary>What a core tells about itself and about goroutines.</summary>
internal sealed class GoroutineViews(CoreSession core, ICoreOutput output)
{
    private readonly RuntimeState _state = core.State;

    public void Overview()
    {
        var file = core.Dump.Core;
        output.Text("core", file.Path);
        output.Text("binary", core.Dump.Binary.Path);
        output.Text("buildId", core.Dump.Binary.GnuBuildId ?? core.Dump.Binary.GoBuildId);
        output.Text("fit", core.Dump.Fit.ToString().ToLowerInvariant());
        output.Text("goVersion", core.Dump.Binary.BuildInfo?.GoVersion);
        output.Text("architecture", file.Architecture);
        if (file.Process is { } process)
        {
            output.Number("process", process.ProcessId);
            output.Text("command", process.Arguments);
        }

        if (file.Signal is { } signal)
        {
            output.Number("signal", signal.Number);
            if (signal.Address != 0)
                output.Address("signalAddress", signal.Address);
        }

        output.Number("threads", file.Threads.Count);
        output.Number("processors", _state.Processors.Count);
        output.Number("goroutines", _state.Goroutines.Count);
        output.Number("endedGoroutines", _state.Goroutines.DeadCount);
        List<IGrouping<string, Goroutine>> states = [.. _state.Goroutines.GroupBy(goroutine => _state.Describe(goroutine), StringComparer.Ordinal).OrderByDescending(group => group.Count())];
        output.OpenList("states", states.Count);
        foreach (IGrouping<string, Goroutine> state in states)
        {
            output.OpenItem();
            output.Number("count", state.Count());
            output.Text("state", state.Key);
            output.CloseItem();
        }

        output.CloseList();
        List<Machine> fatal = [.. _state.Machines.Where(machine => machine.Throwing > 0 || machine.Dying > 0)];
        if (fatal.Count == 0)
            return;
        output.OpenList("fatal", fatal.Count);
        foreach (Machine machine in fatal)
        {
            output.OpenItem();
            output.Number("thread", machine.ThreadId);
            if (_state.Goroutines.TryFindAt(machine.CurrentGoroutine, out Goroutine goroutine))
            {
                output.Number("goroutine", (long)goroutine.Id);
                output.Frames("frames", core.Names.Show(StackOf(goroutine)));
            }

            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>One item a goroutine, with its stack when asked for.</summary>
    public void List(IEnumerable<Goroutine> goroutines, bool hasStacks, long skip, long? top)
    {
        output.OpenList("goroutines", _state.Goroutines.Count);
        long index = 0;
        foreach (Goroutine goroutine in goroutines)
        {
            if (index++ < skip)
                continue;
            if (top is { } most && index > skip + most)
                break;
            output.OpenItem();
            Describe(goroutine);
            if (hasStacks)
            {
                output.Frames("frames", core.Names.Show(StackOf(goroutine)));
            }
            else if (core.Names.UserFrame(StackOf(goroutine)) is { } user)
            {
                Place("function", user);
            }

            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>Groups, largest first.</summary>
    public void Groups(IEnumerable<Goroutine> goroutines, GoroutineFilter group, long skip, long? top)
    {
        List<IGrouping<string, Goroutine>> groups = [.. goroutines.GroupBy(goroutine => group.KeyOf(core, goroutine), StringComparer.Ordinal).OrderByDescending(found => found.Count())];
        output.OpenList("groups", groups.Count);
        foreach (IGrouping<string, Goroutine> found in groups.Skip((int)skip).Take((int)(top ?? int.MaxValue)))
        {
            output.OpenItem();
            output.Number("count", found.Count());
            output.Text("by", found.Key.Length == 0 ? "(none)" : found.Key);
            output.Text("ids", string.Join(' ', found.Take(GoroutineBuckets.ShownIds).Select(goroutine => goroutine.Id)));
            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>One goroutine with all that is known of it.</summary>
    public void Stack(ulong id)
    {
        if (!_state.Goroutines.TryFind(id, out Goroutine goroutine))
            throw new UserErrorException(ExitCode.BadData, $"the core has no goroutine {id} that is alive. 'faultline core … goroutines' lists them.");
        Describe(goroutine);
        output.Address("address", goroutine.Address);
        if (goroutine.ParentId != 0)
            output.Number("parent", (long)goroutine.ParentId);
        if (!goroutine.IsMain && core.Names.At(goroutine.CreatorPc) is { } creator)
            output.Text("createdBy", $"{creator.Function} {creator.File}:{creator.Line}");
        if (_state.Stacks.FindThread(goroutine) is { } thread)
            output.Number("thread", thread.ThreadId);
        foreach (KeyValuePair<string, string> label in GoroutineLabels.Read(_state, goroutine))
            output.Text("label", $"{label.Key}={label.Value}");
        _state.Stacks.Read(goroutine, out UnwindEnd end);
        if (end != UnwindEnd.Complete)
            output.Text("stackEnds", end.ToString());
        output.OpenList("stack", 1);
        output.OpenItem();
        output.Frames("frames", core.Names.Show(StackOf(goroutine)));
        output.CloseItem();
        output.CloseList();
    }

    public IEnumerable<StackPosition> StackOf(in Goroutine goroutine) => _state.Stacks.Set.Frames(_state.Stacks.Intern(goroutine, out _));

    /// <summary>Number, state, and what it waits for.</summary>
    public void Describe(in Goroutine goroutine)
    {
        output.Number("id", (long)goroutine.Id);
        output.Text("state", _state.Describe(goroutine));
        if (_state.WaitTime(goroutine) is { TotalSeconds: >= 1 } waited)
            output.Number("waitSeconds", (long)waited.TotalSeconds);
        Waits(_state.Waits.Read(goroutine));
    }

    public void Waits(IReadOnlyList<WaitTarget> targets)
    {
        if (targets.Count > 0)
            output.Text("waitsFor", string.Join(", ", targets.Take(GoroutineBuckets.ShownIds).Select(WordsOf)));
    }

    public void Place(string name, SourceFrame frame) => output.Text(name, $"{frame.Function} {frame.File}:{frame.Line}");

    private static string WordsOf(WaitTarget target) =>
        $"{(target.IsChannel ? "chan" : target.Kind == LockKind.Unknown ? "semaphore" : target.Kind.ToString())} 0x{target.Object:x} ({WordOf(target.Operation)})";

    private static string WordOf(WaitOperation operation) => operation switch
    {
        WaitOperation.Send => "send",
        WaitOperation.Receive => "receive",
        WaitOperation.Lock => "lock",
        WaitOperation.ReadLock => "read lock",
        WaitOperation.Wait => "wait",
        _ => "acquire",
    };
}
