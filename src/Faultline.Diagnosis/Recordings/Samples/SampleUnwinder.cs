using Faultline.Binaries;
using Faultline.Evidence.Perf.Records;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>
/// The stack of a sample: unwound from its registers and the piece of the stack that was recorded; else the call chain that the recorder
/// followed itself. Not thread-safe; allocates nothing for code that it has seen.
/// </summary>
/// <param name="binary">The recorded program.</param>
/// <param name="numbers">Register numbers of the recording machine.</param>
public sealed class SampleUnwinder(GoBinary binary, RegisterNumbers numbers)
{
    private readonly Dictionary<ulong, StackUnwinder> _unwinders = [];
    private StackUnwinder _last = new(binary, loadBias: 0);

    /// <summary>Writes the user frames of a sample, innermost first, and returns how many there are; 0 when it has no user part.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="loadBias">Of the sample's process.</param>
    /// <param name="frames">Room for the frames.</param>
    /// <param name="end">Why there are no more.</param>
    public int Unwind(in PerfSample sample, ulong loadBias, Span<StackFrame> frames, out UnwindEnd end)
    {
        StackUnwinder unwinder = UnwinderAt(loadBias);
        if (!sample.UserStack.IsEmpty && TryReadRegisters(sample.UserRegisters, numbers, out StackRegisters start))
            return unwinder.Unwind(start, new RecordedStack(start.Sp, sample.UserStack), frames, out end);
        return unwinder.Adopt(UserPart(sample.CallChain), frames, out end);
    }

    /// <summary>The registers that unwinding starts from; false when the sample has no user registers of 64-bit code.</summary>
    public static bool TryReadRegisters(RegisterValues values, RegisterNumbers numbers, out StackRegisters registers)
    {
        registers = default;
        if (values.Is32Bit || !values.TryGet(numbers.InstructionPointer, out ulong pc) || !values.TryGet(numbers.StackPointer, out ulong sp))
            return false;
        values.TryGet(numbers.FramePointer, out ulong framePointer);
        values.TryGet(numbers.Goroutine, out ulong goroutine);
        ulong link = 0;
        if (numbers.Link is { } number)
            values.TryGet(number, out link);
        registers = new StackRegisters { Pc = pc, Sp = sp, FramePointer = framePointer, Goroutine = goroutine, LinkRegister = link };
        return true;
    }

    /// <summary>The frames after the mark for user code; without any mark, all.</summary>
    private static ReadOnlySpan<ulong> UserPart(ReadOnlySpan<ulong> chain)
    {
        int user = chain.IndexOf(CallChainContext.User);
        if (user >= 0)
            chain = chain[(user + 1)..];
        for (int index = 0; index < chain.Length; index++)
        {
            if (CallChainContext.IsMark(chain[index]))
                return user >= 0 ? chain[..index] : default;
        }

        return chain;
    }

    private StackUnwinder UnwinderAt(ulong loadBias)
    {
        if (_last.LoadBias == loadBias)
            return _last;
        if (!_unwinders.TryGetValue(loadBias, out StackUnwinder? unwinder))
            _unwinders[loadBias] = unwinder = new StackUnwinder(binary, loadBias);
        return _last = unwinder;
    }
}
