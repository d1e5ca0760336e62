using System.Buffers.Binary;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Heap;

/// <summary>
/// The words of a goroutine's stack that may hold pointers. Frames that stand at a call are read by the collector's own maps; where there are
/// none, or a frame was interrupted between calls, every word counts. Not thread-safe.
/// </summary>
internal sealed class StackRoots(RuntimeState state)
{
    private const ulong ConservativeLimit = 1 << 20;
    private const int MapLimit = 1 << 20;

    private readonly Dictionary<ulong, FrameMap?> _maps = [];

    /// <summary>Slots in the order of the frames; for a goroutine that runs, its registers as well, with slot 0.</summary>
    public IEnumerable<(ulong Slot, ulong Value, int Frame)> Enumerate(Goroutine goroutine)
    {
        var frames = state.Stacks.Read(goroutine, out var end);
        if (state.Stacks.FindThread(goroutine) is { } thread)
        {
            foreach (var register in thread.Registers.General)
                yield return (0, register, 0);
        }

        if (end != UnwindEnd.Complete)
        {
            // What cannot be unwound is read whole.
            var low = Math.Max(goroutine.StackLow, Math.Min(goroutine.ScheduledSp == 0 ? goroutine.StackLow : goroutine.ScheduledSp, goroutine.StackHigh));
            foreach (var word in Words(low, goroutine.StackHigh, frame: 0))
                yield return word;
            yield break;
        }

        for (var index = 0; index < frames.Length; index++)
        {
            var frame = frames[index];
            if (frame.FrameAddress == 0 || !goroutine.IsOnStack(frame.Sp))
                continue;
            var map = frame.IsExactPc ? null : MapOf(frame);
            if (map is null)
            {
                foreach (var word in Words(frame.Sp, frame.FrameAddress, index))
                    yield return word;
                continue;
            }

            foreach (var offset in map.Words)
            {
                var slot = frame.FrameAddress + (ulong)(long)offset;
                if (goroutine.IsOnStack(slot) && state.Memory.TryReadPointer(slot, out var value))
                    yield return (slot, value, index);
            }
        }
    }

    private FrameMap? MapOf(in StackFrame frame)
    {
        if (_maps.TryGetValue(frame.LookupAddress, out var map))
            return map;
        map = FrameMap.Read(state.Binary, frame.FunctionIndex, frame.LookupAddress - state.LoadBias);
        if (_maps.Count < MapLimit)
            _maps.Add(frame.LookupAddress, map);
        return map;
    }

    private IEnumerable<(ulong Slot, ulong Value, int Frame)> Words(ulong start, ulong end, int frame)
    {
        if (end <= start)
            yield break;
        var bytes = state.Memory.ReadBytes(start, (int)Math.Min(end - start, ConservativeLimit));
        for (var at = 0; at + 8 <= bytes.Length; at += 8)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)) is not 0 and var value)
                yield return (start + (ulong)at, value, frame);
        }
    }
}
