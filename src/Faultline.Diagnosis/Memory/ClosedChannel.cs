using System.Buffers.Binary;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// Finds the channel of a panic for a send on, or a close of, a closed channel: where the runtime's function saved its first argument, or else the only closed
/// channel that its frame holds, or that of a caller up to the program's own. Where a frame holds several, none is taken.
/// </summary>
public static class ClosedChannel
{
    private const int FrameLimit = 8 * 1024;

    /// <summary>Null when the goroutine does not panic in such a function, or no one channel can be named.</summary>
    /// <param name="state">The process.</param>
    /// <param name="victim">Who panics.</param>
    public static ulong? Find(RuntimeState state, Goroutine victim)
    {
        var frames = state.Stacks.Read(victim, out _);
        var panic = Array.FindIndex(frames, frame => NameOf(state, frame) == "runtime.gopanic");
        var first = panic < 0 ? -1 : Array.FindIndex(frames, panic + 1, frame => NameOf(state, frame) is { } name && !name.StartsWith("runtime.panic", StringComparison.Ordinal));
        if (first < 0 || NameOf(state, frames[first]) is not ("runtime.chansend" or "runtime.closechan" or "runtime.selectgo"))
            return null;
        for (var index = first; index < frames.Length; index++)
        {
            var isOfRuntime = NameOf(state, frames[index])?.StartsWith("runtime.", StringComparison.Ordinal) == true;
            if (isOfRuntime && SavedArgument(state, frames[index]) is { } saved)
                return saved;
            var found = ChannelsIn(state, frames[index]);
            if (found.Count > 0 || !isOfRuntime)
                return found.Count == 1 ? found.Single() : null;
        }

        return null;
    }

    /// <summary>The caller leaves room for the arguments above its own end of the stack, behind the return address of some architectures.</summary>
    private static ulong? SavedArgument(RuntimeState state, in StackFrame frame)
    {
        for (var at = 0UL; at <= 8; at += 8)
        {
            if (state.Memory.TryReadUInt64(frame.FrameAddress + at, out var word) && IsClosedChannel(state, word))
                return word;
        }

        return null;
    }

    private static HashSet<ulong> ChannelsIn(RuntimeState state, in StackFrame frame)
    {
        var found = new HashSet<ulong>();
        if (frame.FrameAddress <= frame.Sp)
            return found;
        var bytes = state.Memory.ReadBytes(frame.Sp, (int)Math.Min(frame.FrameAddress - frame.Sp, FrameLimit));
        for (var at = 0; at + 8 <= bytes.Length; at += 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            if (!found.Contains(word) && IsClosedChannel(state, word))
                found.Add(word);
        }

        return found;
    }

    /// <summary>A channel begins an object, and carries the type of its elements; what only looks like one hardly does.</summary>
    private static bool IsClosedChannel(RuntimeState state, ulong word) =>
        state.Heap.Heap.TryFind(word, out var slot) && slot.Address == word && Channel.TryRead(state, word) is { IsClosed: true, ElementType: not null };

    private static string? NameOf(RuntimeState state, in StackFrame frame) => frame.FunctionIndex < 0 ? null : state.Binary.Functions[frame.FunctionIndex].Name;
}
