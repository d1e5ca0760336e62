using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;
using StackFrame = Faultline.Runtime.Unwinding.StackFrame;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>Samples of a busy program at random times: the return addresses that frame pointers lead to must be among the frames, in order and without gaps.</summary>
public sealed class FramePointerOracleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-samples-").FullName;

    public static IEnumerable<TheoryDataRow<string>> Releases() => StackProgram.Releases();

    [Theory]
    [MemberData(nameof(Releases))]
    public void FramePointersLeadThroughTheSameFrames(string release)
    {
        string program = StackProgram.Build("stacks", Toolchain.TryFind(release)!);
        string output = Path.Combine(_folder, "samples");
        StackProgram.Run(new ProcessStartInfo(StackProgram.Tracer, ["sample", output, "1500", program, "busy"]));

        using GoBinary binary = GoBinary.Open(program);
        StackUnwinder unwinder = new(binary, loadBias: 0);
        StackFrame[] frames = new StackFrame[2048];
        (int samples, int chains, int callers) = (0, 0, 0);
        Dictionary<UnwindEnd, int> ends = [];
        List<string> corrupt = [];
        foreach (Snapshot snapshot in Snapshot.ReadAll(output))
        {
            samples++;
            int count = unwinder.Unwind(snapshot.Registers, new RecordedStack(snapshot.Registers.Sp, snapshot.Stack), frames, out UnwindEnd end);
            ends[end] = ends.GetValueOrDefault(end) + 1;
            if (end == UnwindEnd.Corrupt)
                corrupt.Add(string.Join(" < ", frames.Take(count).Select(frame => $"{frame.Pc:x} {binary.Functions[Math.Max(0, frame.FunctionIndex)].Name}")));
            List<ulong> chain = Chain(binary, snapshot);
            if (chain.Count == 0 || frames[0].FunctionIndex < 0)
                continue;
            ulong[] ours = [.. frames.Take(count).Select(frame => frame.Pc)];

            // An instruction before its function has set the frame pointer hides one caller, also where a signal came. In a recursion the callers are alike, so both have to be tried.
            int common = 0;
            bool fits = Enumerable.Range(1, ours.Length).Any(first =>
                first <= 1 + frames.Take(first).Count(frame => frame.IsExactPc)
                && (common = Math.Min(chain.Count, ours.Length - first)) > 0 && chain.Take(common).SequenceEqual(ours.Skip(first).Take(common)));
            Assert.True(
                fits,
                $"{end}: {string.Join(" < ", frames.Take(count).Select(frame => $"{frame.Pc:x} {binary.Functions[Math.Max(0, frame.FunctionIndex)].Name}"))} but frame pointers {string.Join(" < ", chain.Select(pc => $"{pc:x}"))}");
            chains++;
            callers += common;
        }

        string summary = $"{release}: {samples} samples, {chains} with frame pointers to {callers} callers; {string.Join(", ", ends)}";
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(samples >= 1500 && chains >= 300 && callers >= 3000, summary);
        Assert.Empty(corrupt);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<ulong> Chain(GoBinary binary, Snapshot snapshot)
    {
        List<ulong> chain = [];
        ulong last = snapshot.Registers.Sp - 1;
        ulong framePointer = snapshot.Registers.FramePointer;
        while (framePointer > last && snapshot.Word(framePointer + 8) is not 0 and var returnAddress && binary.TryFindFunction(returnAddress, out _))
        {
            chain.Add(returnAddress);
            (last, framePointer) = (framePointer, snapshot.Word(framePointer));
        }

        return chain;
    }
}
