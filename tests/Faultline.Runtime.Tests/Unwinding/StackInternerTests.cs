using Faultline.Binaries;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Unwinding;

public sealed class StackInternerTests
{
    [Fact]
    public void EqualStacksHaveOneNumberAndCostNothing()
    {
        using GoBinary binary = GoBinary.Open(StackProgram.Build("stacks", Toolchain.Newest!));
        FrameCache cache = new(binary);
        StackInterner interner = new(cache);
        Random random = new(1);
        StackFrame[][] stacks = [.. Enumerable.Range(0, 5000).Select(_ => RandomStack(binary, random))];
        int[] numbers = [.. stacks.Select(stack => interner.Intern(stack, loadBias: 0x1000))];

        Assert.Equal(stacks.Length, interner.Count);
        Assert.Equal(Enumerable.Range(0, stacks.Length), numbers);
        for (int index = 0; index < stacks.Length; index++)
        {
            ReadOnlySpan<int> places = interner.PlacesOf(numbers[index]);
            Assert.Equal(stacks[index].Length, places.Length);
            for (int frame = 0; frame < places.Length; frame++)
                Assert.Equal(stacks[index][frame].LookupAddress - 0x1000, cache.AddressOf(places[frame]));
        }

        Assert.Equal(numbers, stacks.Select(stack => interner.Intern(stack, loadBias: 0x1000)));
        foreach (StackFrame frame in stacks[7])
            Assert.Equal(binary.ResolveFrames(frame.LookupAddress - 0x1000), cache.Resolve(frame, loadBias: 0x1000));
        Assert.Equal(0, AllocatedBy(() =>
        {
            foreach (StackFrame[] stack in stacks)
                interner.Intern(stack, loadBias: 0x1000);
            foreach (StackFrame frame in stacks[7])
                cache.Resolve(frame, loadBias: 0x1000);
        }));
    }

    [Fact]
    public void UnwindingASeenStackAllocatesNothing()
    {
        using GoBinary binary = GoBinary.Open(StackProgram.Build("stacks", Toolchain.Newest!));
        StackUnwinder unwinder = new(binary, loadBias: 0);
        byte[] bytes = new byte[4096];
        StackFrame[] frames = new StackFrame[64];
        StackRegisters start = new() { Pc = binary.FindFunctions("main.fib")[0].Entry, Sp = 0xc000010000 };
        Assert.Equal(0, AllocatedBy(() => unwinder.Unwind(start, new RecordedStack(start.Sp, bytes), frames, out _)));
    }

    private static StackFrame[] RandomStack(GoBinary binary, Random random)
    {
        StackFrame[] frames = new StackFrame[random.Next(4, 40)];
        for (int index = 0; index < frames.Length; index++)
        {
            int function = random.Next(binary.Functions.Count);
            frames[index] = new StackFrame(binary.Functions[function].Entry + 0x1005, 0, 0, function, IsExactPc: index == 0, Segment: 0);
        }

        return frames;
    }

    private static long AllocatedBy(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
