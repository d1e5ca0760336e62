using System.Diagnostics;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Calling;

/// <summary>Call paths against the stacks that the program prints when it runs.</summary>
public sealed class CallerTests
{
    private const string ProgramName = "callpaths";
    private const long MemoryLimit = 1L << 30;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    public static IEnumerable<TheoryDataRow<int, string>> Builds() =>
        from release in (int[])[19, 22, 24, 27]
        from variant in (BuildVariant[])[BuildVariant.Plain, BuildVariant.Stripped, BuildVariant.NoInlining]
        where variant == BuildVariant.Plain || release is 19 or 27
        select new TheoryDataRow<int, string>(release, variant.Name);

    [Theory]
    [MemberData(nameof(Builds))]
    public void Every_stack_that_was_seen_is_a_path(int release, string variant)
    {
        string path = Toolchain.Get(release).Build(ProgramName, BuildVariant.Get(variant));
        using var binary = GoBinary.Open(path);
        CallerSet callers = Find(binary, "main.leaf");
        ILookup<ulong, CallStep> byCallee = callers.Steps.ToLookup(step => step.Callee.Entry);
        ObservedStack[] stacks = Observe(path, binary);
        Assert.True(stacks.Length > 40);
        foreach (ObservedStack stack in stacks)
        {
            for (int i = 0; i + 1 < stack.Functions.Count; i++)
                Assert.True(Leads(byCallee, stack.Functions[i + 1].Entry, stack.Functions[i].Entry), $"'{stack.Label}': {stack.Functions[i + 1].Name} to {stack.Functions[i].Name}");
            Assert.True(callers.Roots.Any(root => Starts(root, stack)), $"'{stack.Label}' starts in {stack.Functions[^1].Name}, created by {stack.Creator}");
        }
    }

    /// <summary>Only calls that no machine code can tell (labelled "wide") and a few others may rest on a guess, so that the rest of the answer means something.</summary>
    [Theory]
    [InlineData(19)]
    [InlineData(27)]
    public void Most_steps_are_known_one_by_one(int release)
    {
        string path = Toolchain.Get(release).Build(ProgramName, BuildVariant.Plain);
        using var binary = GoBinary.Open(path);
        ILookup<ulong, CallStep> byCallee = Find(binary, "main.leaf").Steps.ToLookup(step => step.Callee.Entry);
        ObservedStack[] stacks = Observe(path, binary);
        int guessed = stacks.Count(stack => !stack.Label.StartsWith("wide", StringComparison.Ordinal) && stack.Functions.Zip(stack.Functions.Skip(1)).Any(pair =>
            !byCallee[pair.First.Entry].Any(step => step.Caller.Entry == pair.Second.Entry && !IsGuess(step)) && !Leads(byCallee, pair.Second.Entry, pair.First.Entry, allowsDirect: false)));
        Assert.InRange(guessed, 0, 4);
        Assert.True(stacks.Length > 40);
    }

    /// <summary>A step that is called proven has one callee: where the program was seen to go elsewhere from the same call, it was not proven.</summary>
    [Theory]
    [InlineData(19)]
    [InlineData(27)]
    public void What_is_proven_has_one_callee(int release)
    {
        using var binary = GoBinary.Open(Toolchain.Get(release).Build(ProgramName, BuildVariant.Plain));
        foreach (IGrouping<ulong, CallStep> call in Find(binary, "main.leaf").Steps.GroupBy(step => step.Address))
            Assert.True(call.Select(step => step.Callee.Entry).Distinct().Count() == 1 || call.All(step => !step.IsProven), $"0x{call.Key:x} in {call.First().Caller.Name}");
    }

    [Theory]
    [InlineData(19)]
    [InlineData(27)]
    public void Interfaces_are_sets_by_type(int release)
    {
        using var binary = GoBinary.Open(Toolchain.Get(release).Build(ProgramName, BuildVariant.Plain));
        CallStep[] steps = [.. Find(binary, "main.(*first).do").Direct];
        // Parameter, field, variable, goroutine; the assertion to an interface that one type implements.
        foreach (string caller in (string[])["main.useDoer", "main.(*engine).run", "main.useGlobal", "main.(*server).loop"])
            Assert.Contains(steps, step => step.Caller.Name == caller && step is { Kind: CallStepKind.Interface, Method: "main.doer.do", Candidates: 4, IsProven: false });
        Assert.Contains(steps, step => step is { Caller.Name: "main.useAssertion", Method: "main.two.do", Candidates: 1, IsProven: true });
        Assert.DoesNotContain(steps, step => step.Caller.Name is "main.(*list[...]).each" or "main.runHook");
    }

    [Fact]
    public void Paths_can_be_cut_and_started_elsewhere()
    {
        using var binary = GoBinary.Open(Toolchain.Newest.Build(ProgramName, BuildVariant.Plain));
        var code = new ProgramCode(binary);
        ulong leaf = binary.FindFunctions("main.leaf")[0].Entry;
        ulong recurse = binary.FindFunctions("main.recurseOther")[0].Entry;
        CallerSet near = code.FindCallers(new CallerQuery([leaf], [], Depth: 1))!;
        Assert.True(near.IsCut);
        Assert.All(near.Roots, root => Assert.InRange(root.Steps.Count, 0, 1));
        CallRoot path = Assert.Single(code.FindCallers(new CallerQuery([leaf], [recurse]))!.Roots);
        Assert.Equal(["main.recurseOther", "main.recurse"], path.Steps.Select(step => step.Caller.Name));
        Assert.True(path.IsProven);
        Assert.Empty(code.FindCallers(new CallerQuery([recurse], [leaf]))!.Roots);
    }

    /// <summary>On arm64 nothing is followed: direct calls and go statements are found, and calls through registers as sets.</summary>
    [Theory]
    [InlineData(19)]
    [InlineData(27)]
    public void Code_that_is_not_followed_has_the_same_paths_as_sets(int release)
    {
        using var binary = GoBinary.Open(Toolchain.Get(release).Build(ProgramName, BuildVariant.Arm64));
        CallerSet callers = Find(binary, "main.leaf");
        Assert.Contains(callers.Roots, root => root.Kind == CallRootKind.Main && root.IsProven);
        Assert.Contains(callers.Roots, root => root.Kind == CallRootKind.Goroutine && root.Steps.Any(step => step.Caller.Name == "main.entry"));
        Assert.Contains(callers.Steps, step => step is { Kind: CallStepKind.Interface, Caller.Name: "main.useDoer", Callee.Name: "main.(*first).do", IsProven: false });
        Assert.Contains(callers.Steps, step => step is { Kind: CallStepKind.FunctionValue, Caller.Name: "main.call", Callee.Name: "main.plain", IsProven: false });
    }

    [Theory]
    [InlineData("go")]
    [InlineData("compile")]
    public void Large_programs_take_bounded_work(string name)
    {
        string path = name is "go" ? Path.Combine(Toolchain.Newest.Root, "bin", name) : Toolchain.Newest.Tool(name);
        using var binary = GoBinary.Open(path);
        var clock = Stopwatch.StartNew();
        CallerSet callers = Find(binary, "runtime.mapassign_fast64");
        Assert.True(clock.Elapsed < TimeLimit, $"took {clock.Elapsed}");
        Assert.InRange(Process.GetCurrentProcess().PeakWorkingSet64, 0, MemoryLimit);
        Assert.True(callers.Roots.Count > 20);
        Assert.Contains(callers.Roots, root => root.Kind == CallRootKind.Goroutine && root.IsUserCode);
    }

    private static CallerSet Find(GoBinary binary, string function)
    {
        ulong[] entries = [.. binary.FindFunctions(function).Select(found => found.Entry)];
        Assert.NotEmpty(entries);
        return new ProgramCode(binary).FindCallers(new CallerQuery(entries, []))!;
    }

    private static ObservedStack[] Observe(string path, GoBinary binary) =>
        [.. ExternalTool.Run(path, []).Split('\n').Where(line => line.StartsWith("stack ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Select(line => ObservedStack.Parse(line, binary))];

    /// <summary>One function leads to another by a step, or by two with a wrapper between, which stacks leave out.</summary>
    private static bool Leads(ILookup<ulong, CallStep> byCallee, ulong caller, ulong callee, bool allowsDirect = true) => byCallee[callee].Any(step =>
        (allowsDirect && step.Caller.Entry == caller)
        || (step.IsInWrapper && byCallee[step.Caller.Entry].Any(outer => outer.Caller.Entry == caller && (allowsDirect || !IsGuess(outer)))));

    private static bool IsGuess(CallStep step) => step.Kind == CallStepKind.Made || step is { Kind: CallStepKind.Interface, Method: "" };

    private static bool Starts(CallRoot root, ObservedStack stack)
    {
        bool isThere = root.Function == stack.Functions[^1] || (root.Steps is [{ IsInWrapper: true } first, ..] && first.Callee == stack.Functions[^1]);
        return isThere && (stack.Creator.Length == 0
            ? root.Kind == CallRootKind.Main
            : root.Kind is CallRootKind.Goroutine or CallRootKind.FunctionValue && root.Statements.Any(statement => IsNamed(statement, stack.Creator)));
    }

    /// <summary>A traceback names the function in which the statement was written.</summary>
    private static bool IsNamed(GoStatement statement, string creator) => statement.Frames.Any(frame => frame.Function == creator);
}
