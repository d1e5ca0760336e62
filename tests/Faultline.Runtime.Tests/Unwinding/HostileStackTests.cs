using System.Buffers.Binary;
using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;
using StackFrame = Faultline.Runtime.Unwinding.StackFrame;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>Stacks that nobody made: unwinding ends, in bounded time, and what it says stays within what it was given.</summary>
public sealed class HostileStackTests
{
    private const int Iterations = 100_000;

    [Theory]
    [InlineData("amd64", false)]
    [InlineData("amd64", true)]
    [InlineData("arm64", false)]
    public void RandomRegistersAndBytesEnd(string architecture, bool cgo)
    {
        string program = StackProgram.Build(cgo ? "stackscgo" : "stacks", Toolchain.Newest!, cgo, architecture);
        using GoBinary binary = GoBinary.Open(program);
        StackUnwinder unwinder = new(binary, loadBias: 0);
        (ulong low, ulong high) = (binary.Functions[0].Entry, binary.Functions[^1].End);
        ulong[] dangerous = [.. Dangerous.SelectMany(binary.FindFunctions).Select(function => function.Entry)];
        Random random = new(4711);
        byte[] bytes = new byte[512];
        StackFrame[] frames = new StackFrame[128];
        HashSet<UnwindEnd> ends = [];
        long started = Stopwatch.GetTimestamp();
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            ulong sp = RandomAddress();
            for (int word = 0; word < bytes.Length; word += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(word), random.Next(4) == 0 ? RandomCode() : sp + (ulong)random.Next(600));
            StackRegisters start = new()
            {
                Pc = random.Next(10) == 0 ? RandomAddress() : RandomCode(),
                Sp = sp,
                FramePointer = sp + (ulong)random.Next(512),
                LinkRegister = RandomCode(),
                Goroutine = sp + (ulong)(8 * random.Next(32)),
                IsReturnAddress = random.Next(2) == 0,
            };

            int count = random.Next(2) == 0
                ? unwinder.Unwind(start, new RecordedStack(sp, bytes), frames, out UnwindEnd end)
                : unwinder.Unwind(start, new RepeatingMemory(bytes), frames, out end);
            ends.Add(end);
            Assert.InRange(count, 1, frames.Length);
            Assert.True(end != UnwindEnd.FrameLimit || count == frames.Length);
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"{Stopwatch.GetElapsedTime(started)}");
        Assert.Superset(new HashSet<UnwindEnd> { UnwindEnd.Complete, UnwindEnd.StackExhausted, UnwindEnd.UnknownCode, UnwindEnd.SwitchedStack, UnwindEnd.Corrupt }, ends);

        ulong RandomCode() => random.Next(3) == 0 && dangerous.Length > 0
            ? dangerous[random.Next(dangerous.Length)] + (ulong)random.Next(120)
            : low + (ulong)random.NextInt64((long)(high - low));

        ulong RandomAddress() => (ulong)random.NextInt64() >> random.Next(64) & ~7UL;
    }

    [Fact]
    public void NoRoomForFramesIsALimit()
    {
        using GoBinary binary = GoBinary.Open(StackProgram.Build("stacks", Toolchain.Newest!));
        StackUnwinder unwinder = new(binary, loadBias: 0);
        int count = unwinder.Unwind(new StackRegisters { Pc = binary.Functions[0].Entry, Sp = 8 }, new RecordedStack(8, new byte[64]), [], out UnwindEnd end);
        Assert.Equal((0, UnwindEnd.FrameLimit), (count, end));
    }

    private static readonly string[] Dangerous =
    [
        "runtime.sigtramp", "runtime.sigreturn__sigaction", "runtime.systemstack", "runtime.mcall", "runtime.morestack", "runtime.asmcgocall", "gogo",
        "runtime.sigpanic", "runtime.asyncPreempt", "runtime.nanotime1", "runtime.cgocallback", "runtime.goexit", "runtime.gogo", "runtime.cgocall",
    ];

    /// <summary>The same bytes everywhere: stacks that lead back into themselves.</summary>
    private sealed class RepeatingMemory(byte[] bytes) : IAddressSpace
    {
        public int Read(ulong address, scoped Span<byte> buffer)
        {
            for (int index = 0; index < buffer.Length; index++)
                buffer[index] = bytes[(int)((address + (ulong)index) % (ulong)bytes.Length)];
            return buffer.Length;
        }
    }
}
