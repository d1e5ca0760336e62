using Faultline.Binaries;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>The stacks of all goroutines of a stopped process, logical frames with their lines, must be those that delve shows at the same instant.</summary>
public sealed class DelveOracleTests
{
    public static IEnumerable<TheoryDataRow<string>> Releases() => StackProgram.Releases();

    [Theory]
    [MemberData(nameof(Releases))]
    public void StacksOfAllGoroutinesAreDelves(string release) =>
        Compare(StackProgram.Build("stacks", Toolchain.TryFind(release)!), ["park", "1100"], least: 1100);

    [Theory]
    [MemberData(nameof(Releases))]
    public void StacksWithCAreDelves(string release) =>
        Compare(StackProgram.Build("stackscgo", Toolchain.TryFind(release)!, cgo: true), ["park"], least: 10);

    private static void Compare(string program, string[] arguments, int least)
    {
        using GoBinary binary = GoBinary.Open(program);
        using RunningProgram process = new(program, arguments);
        using Delve delve = Delve.Attach(process.Id);
        StackUnwinder unwinder = new(binary, loadBias: 0);
        FrameCache cache = new(binary);
        GoroutineStarts starts = new(binary, process);
        StackFrame[] frames = new StackFrame[1024];
        List<string> differences = [];
        int compared = 0;
        foreach ((long id, int threadId) in delve.Goroutines().ToList())
        {
            if (starts.TryFind(id, threadId == 0 ? null : delve.Registers(threadId)) is not { } start)
                continue;
            int count = unwinder.Unwind(start, process, frames, out UnwindEnd end);
            List<string> ours = [];
            foreach (StackFrame frame in frames.AsSpan(0, count))
                ours.AddRange(cache.Resolve(frame, loadBias: 0).Select(each => $"{each.Function}:{each.Line}").DefaultIfEmpty("?"));
            List<string> theirs = [.. delve.Stack(id).Select(frame => $"{frame.Function}:{frame.Line}")];
            compared++;
            if (!AreEqual(ours, theirs))
                differences.Add($"goroutine {id} on thread {threadId}, {end}:\n  ours   {string.Join(" < ", ours)}\n  theirs {string.Join(" < ", theirs)}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {compared}:\n{string.Join("\n", differences.Take(2))}");
        Assert.True(compared >= least, $"{compared} compared");
    }

    private static bool AreEqual(List<string> ours, List<string> theirs)
    {
        (ours, theirs) = (OfGo(ours), OfGo(theirs));
        if (ours.Count != theirs.Count)
            return false;
        for (int index = 0; index < ours.Count; index++)
        {
            // Where a parked goroutine goes on is a return address, as Go's own tracebacks have it; delve looks it up as if it were an instruction.
            // And what was inlined into a generated method has a line in Go's tables only.
            bool isLineKnown = index > 0 && !theirs[index].EndsWith(":1", StringComparison.Ordinal);
            if (isLineKnown ? ours[index] != theirs[index] : FunctionOf(ours[index]) != FunctionOf(theirs[index]))
                return false;
        }

        return true;
    }

    /// <summary>
    /// The frames of Go that both must have. C code is delve's alone, with DWARF, down to the call of it; ours has the place where Go left
    /// for C, and the runtime's mark where C came back. The stub that cgo made for the call is left out, because delve does not always know its name (<c>?:-1</c>).
    /// Type arguments are spelled differently by Go 1.19.
    /// </summary>
    private static List<string> OfGo(List<string> frames)
    {
        List<string> kept = [];
        bool isC = false;
        string callee = "";
        foreach (string frame in frames)
        {
            isC |= frame.StartsWith("C.", StringComparison.Ordinal) || frame.StartsWith("crosscall2:", StringComparison.Ordinal) || frame.StartsWith('?')
                || frame.StartsWith("spins:", StringComparison.Ordinal) || frame.StartsWith("runtime.systemstack_switch:", StringComparison.Ordinal);
            bool isStub = frame.StartsWith("main._Cfunc_", StringComparison.Ordinal) || (frame == "?:-1" && callee.StartsWith("runtime.cgocall:", StringComparison.Ordinal));
            callee = frame;
            isC &= !isStub;
            if (!isC && !isStub)
                kept.Add(frame.Replace("[...]", "[go.shape.string_0]", StringComparison.Ordinal));
        }

        return kept;
    }

    private static string FunctionOf(string frame) => frame[..frame.LastIndexOf(':')];
}
