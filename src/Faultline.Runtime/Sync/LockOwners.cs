using System.Buffers.Binary;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Sync;

/// <summary>
/// Infers who holds a lock: a goroutine with a frame that has the lock's address, or that of the object around it, in memory or in its code, and stands after a call or an
/// inlined copy of a locking function. Not thread-safe.
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
        var owners = FindAll(new HashSet<ulong> { address }).Select(owner => owner.Owner);
        return [.. owners.OrderByDescending(owner => int.PopCount((int)owner.Evidence)).ThenBy(owner => owner.Goroutine.Id)];
    }

    /// <summary>The same for many locks in one walk over the goroutines. Who waits for a lock that nobody else seems to have may have it already.</summary>
    public IReadOnlyList<(ulong Lock, LockOwner Owner)> FindAll(IReadOnlySet<ulong> locks)
    {
        var owners = new List<(ulong Lock, LockOwner Owner)>();
        var own = new List<(ulong Lock, LockOwner Owner)>();
        foreach (var goroutine in _state.Goroutines)
        {
            var stack = _state.Stacks.Intern(goroutine, out _);
            if (!_state.Stacks.Set.Frames(stack).Any(position => _code.Locks(position.FunctionIndex)))
                continue;
            var awaited = _state.Waits.Read(goroutine);
            foreach (var (address, owner) in FindIn(goroutine, locks, isWaiting: awaited is [{ IsChannel: false }]))
                (awaited.Any(target => target.Object == address) ? own : owners).Add((address, owner));
        }

        var held = owners.Select(owner => owner.Lock).ToHashSet();
        return [.. owners, .. own.Where(owner => !held.Contains(owner.Lock))];
    }

    private List<(ulong Lock, LockOwner Owner)> FindIn(in Goroutine goroutine, IReadOnlySet<ulong> locks, bool isWaiting)
    {
        var found = new List<(ulong, LockOwner)>();
        var frames = _state.Stacks.Read(goroutine, out _);
        for (var index = 0; index < frames.Length; index++)
        {
            var frame = frames[index];
            if (!_code.Locks(frame.FunctionIndex))
                continue;
            // Only the innermost of the frames that lock is the one that waits.
            var isPast = _code.IsPastLock(frame.FunctionIndex, frame.LookupAddress - _state.LoadBias, isWaiting);
            isWaiting = false;
            if (!isPast)
                continue;
            var inFrame = WordsOf(frame);
            foreach (var address in locks)
            {
                var evidence = OwnerEvidence.PastLock;
                if (_code.Names(frame.FunctionIndex, frame.LookupAddress - _state.LoadBias, address - _state.LoadBias))
                    evidence |= OwnerEvidence.AddressInCode;
                if (inFrame.Contains(address))
                    evidence |= OwnerEvidence.AddressInFrame;
                else if (_state.Heap.Heap.TryFind(address, out var container) && inFrame.Any(word => word >= container.Address && word < address))
                    evidence |= OwnerEvidence.ObjectInFrame;
                if (evidence != OwnerEvidence.PastLock && !found.Exists(other => other.Item1 == address))
                    found.Add((address, new LockOwner(goroutine, index, evidence)));
            }
        }

        return found;
    }

    private HashSet<ulong> WordsOf(in StackFrame frame)
    {
        var words = new HashSet<ulong>();
        if (frame.FrameAddress <= frame.Sp)
            return words;
        var bytes = _state.Memory.ReadBytes(frame.Sp, (int)Math.Min(frame.FrameAddress - frame.Sp, FrameLimit));
        for (var at = 0; at + 8 <= bytes.Length; at += 8)
            words.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        return words;
    }
}
