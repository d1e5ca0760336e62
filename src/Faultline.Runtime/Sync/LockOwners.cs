using System.Buffers.Binary;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Sync;

/// <summary>
/// Infers who holds a lock: a goroutine with a frame that has the lock's address, in memory or in its code, and stands after a call or an inlined
/// copy of a locking function. Who waits for the same lock does not count. Not thread-safe.
/// </summary>
public sealed class LockOwners
{
    private const ulong FrameLimit = 64 * 1024;

    private readonly RuntimeState _state;
    private readonly LockCode _code;

    public LockOwners(RuntimeState state)
    {
        _state = state;
        _code = new LockCode(state.Binary);
    }

    /// <summary>Goroutines that may hold the lock, those with the most evidence first; empty for a lock that is not held.</summary>
    public IReadOnlyList<LockOwner> Find(ulong address)
    {
        var owners = new List<LockOwner>();
        foreach (var goroutine in _state.Goroutines)
        {
            if (_state.Waits.Read(goroutine).Any(target => target.Object == address))
                continue;
            if (FindIn(goroutine, address) is { } owner)
                owners.Add(owner);
        }

        return [.. owners.OrderByDescending(owner => int.PopCount((int)owner.Evidence)).ThenBy(owner => owner.Goroutine.Id)];
    }

    private LockOwner? FindIn(in Goroutine goroutine, ulong address)
    {
        var stack = _state.Stacks.Set.Frames(_state.Stacks.Intern(goroutine, out _));
        if (!stack.Any(position => _code.Locks(position.FunctionIndex)))
            return null;
        var frames = _state.Stacks.Read(goroutine, out _);
        for (var index = 0; index < frames.Length; index++)
        {
            var frame = frames[index];
            if (!_code.Locks(frame.FunctionIndex) || !_code.IsPastLock(frame.FunctionIndex, frame.LookupAddress - _state.LoadBias))
                continue;
            var evidence = OwnerEvidence.PastLock;
            if (_code.Names(frame.FunctionIndex, frame.LookupAddress - _state.LoadBias, address - _state.LoadBias))
                evidence |= OwnerEvidence.AddressInCode;
            if (Holds(frame, address))
                evidence |= OwnerEvidence.AddressInFrame;
            if (evidence != OwnerEvidence.PastLock)
                return new LockOwner(goroutine, index, evidence);
        }

        return null;
    }

    private bool Holds(in StackFrame frame, ulong address)
    {
        if (frame.FrameAddress <= frame.Sp)
            return false;
        var bytes = _state.Memory.ReadBytes(frame.Sp, (int)Math.Min(frame.FrameAddress - frame.Sp, FrameLimit));
        for (var at = 0; at + 8 <= bytes.Length; at += 8)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)) == address)
                return true;
        }

        return false;
    }
}
