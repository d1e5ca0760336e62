using System.Buffers.Binary;
using Faultline.Binaries;
using Iced.Intel;

namespace Faultline.Runtime.Sync;

/// <summary>
/// What the code of a function has to do with locks: where it calls or contains a locking function, and which addresses it names. On arm64
/// calls are seen, addresses in code are not. Functions are decoded once. Not thread-safe.
/// </summary>
internal sealed class LockCode(GoBinary binary)
{
    private const int LargestFunction = 1 << 20;

    private static readonly HashSet<string> LockingFunctions = new(StringComparer.Ordinal)
    {
        "sync.(*Mutex).Lock", "sync.(*Mutex).TryLock", "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).Lock", "internal/sync.(*Mutex).TryLock",
        "internal/sync.(*Mutex).lockSlow", "sync.(*RWMutex).Lock", "sync.(*RWMutex).TryLock", "sync.(*RWMutex).RLock", "sync.(*RWMutex).TryRLock",
        "sync.runtime_SemacquireRWMutexR", "sync.runtime_SemacquireRWMutex", "sync.runtime_SemacquireMutex",
    };

    private readonly Dictionary<int, Facts> _facts = [];

    /// <summary>True for a function, outside package sync, that takes locks itself.</summary>
    public bool Locks(int function) => function >= 0 && FactsOf(function).FirstLock is not null;

    /// <summary>True when a locking call or copy lies before an address of the function.</summary>
    public bool IsPastLock(int function, ulong address) => FactsOf(function).FirstLock is { } first && first < address;

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

    /// <summary>An inlined lock is a compare-and-swap (mutex) or an add (readers) with the slow path called further down.</summary>
    private Facts ReadAmd64(ulong entry, byte[] bytes)
    {
        var decoder = Decoder.Create(64, bytes, entry);
        var data = new Dictionary<ulong, ulong>();
        var (called, inlined, callsSlowPath) = ((ulong?)null, (ulong?)null, false);
        while (decoder.IP < entry + (ulong)bytes.Length)
        {
            decoder.Decode(out var instruction);
            if (instruction.IsInvalid)
                continue;
            if (instruction.IsIPRelativeMemoryOperand)
                data.TryAdd(instruction.IPRelativeMemoryAddress, instruction.IP);
            if (instruction.HasLockPrefix && instruction.Mnemonic is Mnemonic.Cmpxchg or Mnemonic.Xadd)
                inlined ??= instruction.IP;
            if (instruction.FlowControl == FlowControl.Call && IsLocking(instruction.NearBranchTarget, out var isSlowPath))
            {
                callsSlowPath |= isSlowPath;
                if (!isSlowPath)
                    called ??= instruction.IP;
            }
        }

        return new Facts(Earlier(called, callsSlowPath ? inlined : null), data);
    }

    private Facts ReadArm64(ulong entry, byte[] bytes)
    {
        ulong? first = null;
        for (var at = 0; at + 4 <= bytes.Length && first is null; at += 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
            var address = entry + (ulong)at;
            if ((word & 0xfc00_0000) == 0x9400_0000 && IsLocking(address + (ulong)((long)(int)(word << 6) >> 4), out var isSlowPath))
                first = isSlowPath ? entry : address;
        }

        return new Facts(first, []);
    }

    private bool IsLocking(ulong target, out bool isSlowPath)
    {
        isSlowPath = false;
        if (!binary.TryFindFunction(target, out var callee) || !LockingFunctions.Contains(callee.Name))
            return false;
        isSlowPath = callee.Name.EndsWith("lockSlow", StringComparison.Ordinal) || callee.Name.StartsWith("sync.runtime_", StringComparison.Ordinal);
        return true;
    }

    private static ulong? Earlier(ulong? left, ulong? right) => left is { } one && right is { } other ? Math.Min(one, other) : left ?? right;

    private sealed record Facts(ulong? FirstLock, Dictionary<ulong, ulong> Data)
    {
        public static Facts None { get; } = new(null, []);
    }
}
