using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Programs;

/// <summary>Every goroutine in the crash logs of real runs stands on a path that the search finds, from the function that it was started in, by the statement that <c>created by</c> names.</summary>
public sealed class CallPathTests
{
    private static readonly string[] s_samples =
        ["maphot", "mapww", "maphandlers", "mapclosure", "mapmethodvalue", "mapgeneric", "mapiter", "maptwins", "mapstring", "deadlock", "chanclose", "deferpanic", "mutexunlock", "waitgroupneg", "testtimeout"];

    public static IEnumerable<TheoryDataRow<string, string>> Crashes() =>
        from sample in s_samples
        from release in (string[])["1.19", "1.22", "1.24", "1.27"]
        where SampleProgram.Find(sample).Supports(Toolchain.TryFind(release)!)
        select new TheoryDataRow<string, string>(sample, release);

    [Theory]
    [MemberData(nameof(Crashes))]
    public void Stacks_of_the_log_are_paths(string sample, string release)
    {
        Toolchain toolchain = Toolchain.TryFind(release)!;
        TracebackParser parser = new("crash.log");
        parser.Write(RealCrash.LogOf(sample, toolchain));
        using var binary = GoBinary.Open(RealCrash.BinaryOf(sample, toolchain));
        var code = new ProgramCode(binary);
        var searches = new Dictionary<string, CallerSet>(StringComparer.Ordinal);
        int checkedCount = 0;
        foreach (GoroutineTrace goroutine in parser.Complete().Reports[0].Goroutines)
        {
            FrameLocation[] frames = [.. goroutine.Frames.Select(frame => frame.Location).Where(frame => frame.Kind == FrameKind.Go).SkipWhile(IsRuntime).Where(frame => !IsRuntime(frame))];
            if (frames.Length == 0)
                continue;
            if (!searches.TryGetValue(frames[0].Function, out CallerSet? callers))
                searches.Add(frames[0].Function, callers = code.FindCallers(new CallerQuery(EntriesOf(binary, frames[0]), []))!);
            HashSet<(ulong, ulong)> steps = [.. callers.Steps.Select(step => (step.Caller.Entry, step.Callee.Entry))];
            for (int i = 0; i + 1 < frames.Length; i++)
                Assert.True(Leads(callers, steps, EntriesOf(binary, frames[i + 1]), EntriesOf(binary, frames[i])), $"goroutine {goroutine.Id}: {frames[i + 1].Function} to {frames[i].Function}");
            Assert.True(callers.Roots.Any(root => Starts(binary, root, frames[^1], goroutine.CreatedBy)), $"goroutine {goroutine.Id}: {frames[^1].Function}, created by {goroutine.CreatedBy?.Location.Function}");
            checkedCount++;
        }

        Assert.True(checkedCount > 0);
    }

    private static bool IsRuntime(FrameLocation frame) => frame.Function.StartsWith("runtime.", StringComparison.Ordinal) || frame.Function.StartsWith("internal/runtime/", StringComparison.Ordinal) || frame.Function is "panic";

    private static ulong[] EntriesOf(GoBinary binary, FrameLocation frame) => [.. binary.FindFunctions(frame.Function).Select(function => function.Entry)];

    /// <summary>By a step, or by two with a wrapper between, which tracebacks leave out.</summary>
    private static bool Leads(CallerSet callers, HashSet<(ulong Caller, ulong Callee)> steps, ulong[] from, ulong[] to) =>
        from.Any(caller => to.Any(callee => caller == callee || steps.Contains((caller, callee))
            || callers.Steps.Any(step => step.Callee.Entry == callee && step.IsInWrapper && steps.Contains((caller, step.Caller.Entry)))));

    private static bool Starts(GoBinary binary, CallRoot root, FrameLocation outermost, Creation? creation)
    {
        ulong[] entries = EntriesOf(binary, outermost);
        bool isThere = entries.Contains(root.Function.Entry) || (root.Steps is [{ IsInWrapper: true, Callee: FuncInfo callee }, ..] && entries.Contains(callee.Entry));
        return isThere && (creation is null ? root.Kind == CallRootKind.Main : root.Statements.Any(statement => IsBy(binary, statement, creation.Location)));
    }

    private static bool IsBy(GoBinary binary, GoStatement statement, FrameLocation creator) =>
        statement.Frames.Any(frame => frame.Function == creator.Function) || EntriesOf(binary, creator).Contains(statement.Creator.Entry);
}
