using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Binaries;
using Iced.Intel;

namespace Faultline.Runtime.Sync;

/// <summary>
/// What the code of a function has to do with locks: where it calls or contains a locking function, and which addresses it names. On arm64
/// calls are seen, addresses in code are not. Functions are decoded once. Not thread-safe.
/// </summary>
public sealed class LockCode(GoBinary binary)
{
    private const int LargestFunction = 1 << 20;
    private const string ReadersSlowPath = "sync.runtime_SemacquireRWMutexR";

    private static readonly HashSet<string> LockingFunctions = new(StringComparer.Ordinal)
    {
        "sync.(*Mutex).Lock", "sync.(*Mutex).TryLock", "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).Lock", "internal/sync.(*Mutex).TryLock",
        "internal/sync.(*Mutex).lockSlow", "sync.(*RWMutex).Lock", "sync.(*RWMutex).TryLock", "sync.(*RWMutex).RLock", "sync.(*RWMutex).TryRLock",
        "sync.runtime_SemacquireRWMutexR", "sync.runtime_SemacquireRWMutex", "sync.runtime_SemacquireMutex",
    };

    private static readonly HashSet<string> UnlockingFunctions = new(StringComparer.Ordinal)
    {
        "sync.(*Mutex).Unlock", "internal/sync.(*Mutex).Unlock", "sync.(*RWMutex).Unlock", "sync.(*RWMutex).RUnlock",
    };

    private static readonly HashSet<string> SlowUnlockingFunctions = new(StringComparer.Ordinal)
    {
        "sync.(*Mutex).unlockSlow", "internal/sync.(*Mutex).unlockSlow", "sync.(*RWMutex).rUnlockSlow",
    };

    private readonly Dictionary<int, Facts> _facts = [];

    /// <summary>True for a function, outside package sync, that takes locks itself.</summary>
    public bool Locks(int function) => function >= 0 && FactsOf(function).Sites.Count > 0;

    /// <summary>
    /// True when more locks were taken than given back before an address of the function, in the order of its code. A frame that waits for a lock
    /// itself stands at the place where it tried, not behind it.
    /// </summary>
    /// <param name="address">Where the frame stands: inside a call.</param>
    /// <param name="isWaiting">The call is one of a locking function, and waits.</param>
    public bool IsPastLock(int function, ulong address, bool isWaiting)
    {
        var facts = FactsOf(function);
        var place = isWaiting ? facts.TryOf(address) : address;
        var balance = 0;
        foreach (var site in facts.Sites)
        {
            if (site.Address < place)
                balance = Math.Max(0, balance + (site.IsLock ? 1 : -1));
        }

        return balance > 0;
    }

    /// <summary>True when the function names a data address before a place in it.</summary>
    public bool Names(int function, ulong address, ulong data) => FactsOf(function).Data.TryGetValue(data, out var first) && first < address;

    private Facts FactsOf(int function)
    {
        if (!_facts.TryGetValue(function, out var facts))
            _facts.Add(function, facts = Read(function));
        return facts;
    }

    private Facts Read(int function)
    {
        var info = binary.Functions[function];
        var size = info.End - info.Entry;
        if (size > LargestFunction || info.Name.StartsWith("sync.", StringComparison.Ordinal) || info.Name.StartsWith("internal/sync.", StringComparison.Ordinal))
            return Facts.None;
        var bytes = new byte[(int)size];
        bytes = bytes[..binary.Read(info.Entry, bytes)];
        return binary.Architecture == "arm64" ? ReadArm64(info.Entry, bytes) : ReadAmd64(info.Entry, bytes);
    }

    /// <summary>
    /// An inlined lock is a compare-and-swap (mutex) or an add of 1 (readers), with the slow path called further down, behind a branch; an inlined unlock
    /// is an add of -1. Each counts only in a function that calls its slow path: otherwise it is a counter of the program.
    /// </summary>
    private Facts ReadAmd64(ulong entry, byte[] bytes)
    {
        var decoder = Decoder.Create(64, bytes, entry);
        var data = new Dictionary<ulong, ulong>();
        var (called, inlined) = (new List<LockSite>(), new List<LockSite>());
        var slowPaths = new HashSet<CallKind>();
        var constants = new Dictionary<Register, long>();
        while (decoder.IP < entry + (ulong)bytes.Length)
        {
            decoder.Decode(out var instruction);
            if (instruction.IsInvalid)
                continue;
            if (instruction.IsIPRelativeMemoryOperand)
                data.TryAdd(instruction.IPRelativeMemoryAddress, instruction.IP);
            if (instruction.IsJccShortOrNear && inlined is [.., { Branch: 0 } last])
                inlined[^1] = last with { Branch = instruction.IP, Target = instruction.NearBranchTarget };
            else if (instruction is { Mnemonic: Mnemonic.Mov, Op0Kind: OpKind.Register, Op1Kind: OpKind.Immediate32 })
                constants[instruction.Op0Register] = (int)instruction.Immediate32;
            else if (instruction is { HasLockPrefix: true, Mnemonic: Mnemonic.Cmpxchg })
                inlined.Add(new LockSite(instruction.IP, IsLock: true) { SlowKind = CallKind.SlowLock });
            else if (instruction is { HasLockPrefix: true, Mnemonic: Mnemonic.Xadd } && constants.TryGetValue(instruction.Op1Register, out var added) && added is 1 or -1)
                inlined.Add(new LockSite(instruction.IP, IsLock: added == 1) { SlowKind = added == 1 ? CallKind.SlowReadLock : CallKind.SlowUnlock });
            else if (instruction.FlowControl == FlowControl.Call && KindOf(instruction.NearBranchTarget) is not CallKind.Other and var kind)
            {
                slowPaths.Add(kind);
                if (kind is CallKind.Lock or CallKind.Unlock)
                    called.Add(new LockSite(instruction.IP, kind == CallKind.Lock));
            }
            else if (instruction.Op0Kind == OpKind.Register && instruction.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test))
            {
                constants.Remove(instruction.Op0Register.GetFullRegister() - Register.RAX + Register.EAX);
            }
        }

        return new Facts([.. called.Concat(inlined.Where(site => slowPaths.Contains(site.SlowKind))).OrderBy(site => site.Address)], data);
    }

    /// <summary>Inlined locks are not seen here, only the calls of their slow paths, which stand at the function's end.</summary>
    private Facts ReadArm64(ulong entry, byte[] bytes)
    {
        var sites = new List<LockSite>();
        for (var at = 0; at + 4 <= bytes.Length; at += 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
            var address = entry + (ulong)at;
            if ((word & 0xfc00_0000) != 0x9400_0000)
                continue;
            var kind = KindOf(address + (ulong)((long)(int)(word << 6) >> 4));
            if (kind is CallKind.SlowLock or CallKind.SlowReadLock)
                sites.Add(new LockSite(entry, IsLock: true, Branch: address, Target: address));
            else if (kind is CallKind.Lock or CallKind.Unlock)
                sites.Add(new LockSite(address, kind == CallKind.Lock));
        }

        return new Facts([.. sites.OrderBy(site => site.Address)], []);
    }

    private CallKind KindOf(ulong target) =>
        !binary.TryFindFunction(target, out var callee) ? CallKind.Other
        : UnlockingFunctions.Contains(callee.Name) ? CallKind.Unlock
        : SlowUnlockingFunctions.Contains(callee.Name) ? CallKind.SlowUnlock
        : !LockingFunctions.Contains(callee.Name) ? CallKind.Other
        : callee.Name == ReadersSlowPath ? CallKind.SlowReadLock
        : callee.Name.EndsWith("lockSlow", StringComparison.Ordinal) ? CallKind.SlowLock
        // Until Go 1.19 readers wait on the semaphore that mutexes wait on.
        : callee.Name.StartsWith("sync.runtime_", StringComparison.Ordinal) ? CallKind.SlowReadLock : CallKind.Lock;

    private enum CallKind
    {
        Other,
        Lock,
        SlowLock,
        SlowReadLock,
        Unlock,
        SlowUnlock,
    }

    /// <param name="Address">The call, or the instruction that tries.</param>
    /// <param name="Branch">The branch behind an inlined one; 0 when there is none.</param>
    /// <param name="Target">Where it leads. The slow path lies either there or right behind the branch.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct LockSite(ulong Address, bool IsLock, ulong Branch = 0, ulong Target = 0)
    {
        /// <summary>What the function calls if an inlined one is what it looks like.</summary>
        public CallKind SlowKind { get; init; }

        /// <summary>Where the code begins that leads to a call of the slow path, if it can be this one's; 0 when it cannot.</summary>
        public ulong SlowPathTo(ulong call) =>
            Branch == 0 ? (Address <= call ? Address : 0)
            : Target <= call ? Math.Max(Target, Branch <= call && Target < Branch ? Branch : 0)
            : Branch <= call ? Branch : 0;
    }

    private sealed record Facts(IReadOnlyList<LockSite> Sites, Dictionary<ulong, ulong> Data)
    {
        public static Facts None { get; } = new([], []);

        /// <summary>Where the lock was tried that a frame waits for: the one whose slow path begins closest before the call.</summary>
        public ulong TryOf(ulong call)
        {
            var (best, address) = (0UL, call);
            foreach (var site in Sites)
            {
                if (site.IsLock && site.SlowPathTo(call) is var begin && begin > best)
                    (best, address) = (begin, site.Address);
            }

            return address;
        }
    }
}
