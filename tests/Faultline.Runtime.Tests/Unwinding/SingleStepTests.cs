using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;
using StackFrame = Faultline.Runtime.Unwinding.StackFrame;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>
/// A program is stepped through thousands of instructions: prologues, epilogues, the runtime's own assembly, changes of the stack, the
/// scheduler and signal handlers among them. At each of them the callers must be those that a shadow stack saw calling.
/// </summary>
public sealed class SingleStepTests : IDisposable
{
    private const int Deepest = 256;

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-steps-").FullName;

    public static IEnumerable<TheoryDataRow<string>> Releases() => StackProgram.Releases();

    [Theory]
    [MemberData(nameof(Releases))]
    public void EveryInstructionLeadsToItsCallers(string release) =>
        Check(StackProgram.Build("stacks", Toolchain.TryFind(release)!), release, stepLimit: 30_000, signalEvery: 0, least: 20_000);

    [Theory]
    [MemberData(nameof(Releases))]
    public void SignalHandlersLeadToWhatTheyInterrupted(string release) =>
        Check(StackProgram.Build("stacks", Toolchain.TryFind(release)!), release, stepLimit: 25_000, signalEvery: 2503, least: 20_000);

    [Theory]
    [MemberData(nameof(Releases))]
    public void CallsOfCAndBackLeadToTheirCallers(string release) =>
        Check(StackProgram.Build("stackscgo", Toolchain.TryFind(release)!, cgo: true), release, stepLimit: 20_000, signalEvery: 0, least: 1000);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Check(string program, string release, int stepLimit, int signalEvery, int least)
    {
        using GoBinary binary = GoBinary.Open(program);
        string output = Path.Combine(_folder, "steps");
        int curg = StructLayouts.For(binary.BuildInfo!.Release!.Value, "amd64", [])!.Find("runtime.m")!.OffsetOf("curg")!.Value;
        ProcessStartInfo start = new(StackProgram.Tracer, ["step", output, $"{curg}", $"{stepLimit}", $"{signalEvery}", program, "step"]);
        if (signalEvery == 0)
            start.Environment["GODEBUG"] = "asyncpreemptoff=1";
        StackProgram.Run(start);

        StackUnwinder unwinder = new(binary, loadBias: 0);
        ShadowStack shadow = new(EntriesOf(binary, "runtime.sigtramp", "runtime.cgoSigtramp"), EntriesOf(binary, "runtime.asyncPreempt")[0], binary.FindFunctions("gogo").Concat(binary.FindFunctions("runtime.gogo")).ToArray());
        StackFrame[] frames = new StackFrame[Deepest];
        Dictionary<UnwindEnd, int> ends = [];
        Dictionary<string, int> stops = [];
        List<string> mistakes = [];
        int steps = 0;
        int callers = 0;
        Snapshot? before = null;
        foreach (Snapshot snapshot in Snapshot.ReadAll(output))
        {
            if (before is not null)
                shadow.Step(before, snapshot);
            int count = unwinder.Unwind(snapshot.Registers, snapshot, frames, out UnwindEnd end);
            ends[end] = ends.GetValueOrDefault(end) + 1;
            if (end is not (UnwindEnd.Complete or UnwindEnd.StackExhausted))
                stops[Name(binary, frames[count - 1])] = stops.GetValueOrDefault(Name(binary, frames[count - 1])) + 1;

            callers += count - 1;
            if (FindMistake(binary, frames.AsSpan(0, count), shadow) is { } mistake)
                mistakes.Add($"step {steps}: {mistake}");
            before = snapshot;
            steps++;
        }

        string summary = $"{release}: {steps} steps, {callers} callers, {mistakes.Count} mistakes, ends {string.Join(", ", ends)}; stopped in {string.Join(", ", stops)}";
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(mistakes.Count == 0, summary + "\n" + string.Join("\n", mistakes.Take(3)));
        Assert.True(steps >= least, summary);
        Assert.Equal(0, ends.GetValueOrDefault(UnwindEnd.Corrupt));
        Assert.True(ends.GetValueOrDefault(UnwindEnd.UnknownCode) + ends.GetValueOrDefault(UnwindEnd.SwitchedStack) < steps / 20, summary);
    }

    private static string? FindMistake(GoBinary binary, ReadOnlySpan<StackFrame> frames, ShadowStack shadow)
    {
        int skipped = 0;
        for (int index = 1; index < frames.Length && index - 1 + skipped < shadow.Depth; index++)
        {
            StackFrame frame = frames[index];

            if (frames[index - 1].FunctionIndex < 0)
            {
                // Without tables of its own, foreign code may be left through a frame further out, and where the runtime noted it: a little earlier there.
                int from = index - 1 + skipped;
                int further = CountTo(shadow, from, frame.Pc, 6);
                bool isExactly = from + further < shadow.Depth && shadow[from + further].ReturnAddress == frame.Pc;
                skipped += isExactly ? further : CountToFunction(binary, shadow, from, frame.FunctionIndex, 6);
                if (!isExactly && index - 1 + skipped < shadow.Depth && FunctionAt(binary, shadow[index - 1 + skipped].ReturnAddress) == frame.FunctionIndex)
                    continue;
            }

            if (Name(binary, frames[index - 1]) == "runtime.cgocallback" && Name(binary, frame) == "runtime.systemstack_switch")
            {
                // A goroutine's stack does not show the C code that called back: the runtime ties the ends together with this frame.
                if (index + 1 < frames.Length)
                    skipped += CountTo(shadow, index + skipped, frames[index + 1].Pc, 12);
                continue;
            }

            bool isAfterSignal = Name(binary, frames[index - 1]).StartsWith("runtime.sig", StringComparison.Ordinal);
            if (isAfterSignal && Name(binary, frame) == "runtime.asyncPreempt" && shadow[index - 1 + skipped].ReturnAddress != frame.Pc)
            {
                // The handler has made it look as if the interrupted instruction had called.
                skipped--;
                continue;
            }

            if (index - 1 + skipped >= shadow.Depth)
                break;
            var (returnAddress, sp, isExact) = shadow[index - 1 + skipped];
            if (isExact && frame.Pc == returnAddress && frame.Sp != sp)
                break; // It is about to: the stack pointer is changed already, the program counter is not.
            ulong frameAddress = frames[index - 1].FrameAddress;
            bool isFrameRight = frameAddress == 0 || frameAddress == sp || Name(binary, frames[index - 1]) == "runtime.systemstack_switch";
            if (frame.Pc != returnAddress || frame.IsExactPc != isExact || !isFrameRight)
            {
                return $"caller {index} is 0x{frame.Pc:x} ({Name(binary, frame)}), not 0x{returnAddress:x}; frame 0x{frameAddress:x}, not 0x{sp:x}; " +
                    string.Join(" < ", frames.ToArray().Take(index + 1).Select(each => $"{Name(binary, each)}@{each.Pc:x}"));
            }
        }

        return null;
    }

    private static int CountTo(ShadowStack shadow, int from, ulong returnAddress, int limit)
    {
        int count = 0;
        while (count < limit && from + count < shadow.Depth && shadow[from + count].ReturnAddress != returnAddress)
            count++;
        return count;
    }

    private static int CountToFunction(GoBinary binary, ShadowStack shadow, int from, int function, int limit)
    {
        int count = 0;
        while (count < limit && from + count < shadow.Depth && FunctionAt(binary, shadow[from + count].ReturnAddress) != function)
            count++;
        return count;
    }

    private static int FunctionAt(GoBinary binary, ulong address) => binary.TryFindFunction(address, out FuncInfo function) ? function.Index : -1;

    private static string Name(GoBinary binary, StackFrame frame) => frame.FunctionIndex < 0 ? "?" : binary.Functions[frame.FunctionIndex].Name;

    private static ulong[] EntriesOf(GoBinary binary, params string[] names) => [.. names.SelectMany(binary.FindFunctions).Select(function => function.Entry)];
}
