using System.Buffers.Binary;
using System.Collections;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>The goroutines of a process that are not dead, in the order of <c>runtime.allgs</c>. Immutable.</summary>
public sealed class GoroutineTable : IReadOnlyList<Goroutine>
{
    /// <summary>Most entries of the runtime's table that are read.</summary>
    private const int CountLimit = 16 * 1024 * 1024;

    private readonly Goroutine[] _goroutines;
    private readonly Lazy<Dictionary<ulong, int>> _byId;
    private readonly Lazy<Dictionary<ulong, int>> _byAddress;

    private GoroutineTable(Goroutine[] goroutines, int deadCount, long missingCount)
    {
        _goroutines = goroutines;
        DeadCount = deadCount;
        MissingCount = missingCount;
        _byId = new(() => Index(goroutine => goroutine.Id));
        _byAddress = new(() => Index(goroutine => goroutine.Address));
    }

    public int Count => _goroutines.Length;

    /// <summary>How many entries are of goroutines that have ended.</summary>
    public int DeadCount { get; }

    /// <summary>How many entries are not in the memory at hand, or damaged.</summary>
    public long MissingCount { get; }

    public Goroutine this[int index] => _goroutines[index];

    internal static GoroutineTable Empty { get; } = new([], 0, 0);

    public bool TryFind(ulong id, out Goroutine goroutine) => TryFind(_byId.Value, id, out goroutine);

    /// <summary>The goroutine whose <c>g</c> lies at an address; false for one that is dead.</summary>
    public bool TryFindAt(ulong address, out Goroutine goroutine) => TryFind(_byAddress.Value, address, out goroutine);

    /// <summary>Place of the goroutine whose <c>g</c> lies at an address; -1 for none.</summary>
    public int IndexAt(ulong address) => _byAddress.Value.GetValueOrDefault(address, -1);

    public IEnumerator<Goroutine> GetEnumerator() => ((IEnumerable<Goroutine>)_goroutines).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads the table that a slice header leads to.</summary>
    internal static GoroutineTable Read(TargetMemory memory, GoroutineReader reader, ulong sliceAddress, DiagnosticLog log)
    {
        if (!memory.TryReadPointer(sliceAddress, out var array) || !memory.TryReadUInt64(sliceAddress + 8, out var length))
        {
            log.Add("RUNTIME0102", DiagnosticSeverity.Error, offset: null, "the table of goroutines is not in the memory at hand");
            return Empty;
        }

        if (length == 0)
            return Empty;
        if (length > CountLimit)
        {
            log.Add("RUNTIME0103", DiagnosticSeverity.Warning, offset: null, $"the table claims {length} goroutines; only the first {CountLimit} are read");
            length = CountLimit;
        }

        // The table itself is read in blocks; only one that is there makes room for its goroutines.
        var found = new List<Goroutine>(memory.TryReadUInt64(array + ((length - 1) * 8), out _) ? (int)length : 0);
        var (dead, missing) = (0, 0UL);
        var block = new byte[64 * 1024];
        var ahead = new TargetMemory(new ReadAhead(memory.Space));
        for (var done = 0UL; done < length;)
        {
            var wanted = (int)Math.Min((ulong)block.Length / 8, length - done);
            var count = memory.Read(array + (done * 8), block.AsSpan(0, wanted * 8)) / 8;
            for (var index = 0; index < count; index++)
            {
                if (!reader.TryRead(ahead, BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(index * 8)), out var goroutine) || goroutine.Status > GoroutineStatus.DeadExtra)
                    missing++;
                else if (goroutine.IsDead)
                    dead++;
                else
                    found.Add(goroutine);
            }

            done += (ulong)count;
            if (count == wanted)
                continue;
            missing += length - done;
            break;
        }

        if (missing > 0)
            log.Add("RUNTIME0104", DiagnosticSeverity.Warning, offset: null, $"{missing} of {length} goroutines are not in the memory at hand or damaged");
        return new GoroutineTable([.. found], dead, (long)missing);
    }

    private bool TryFind(Dictionary<ulong, int> index, ulong key, out Goroutine goroutine)
    {
        var isThere = index.TryGetValue(key, out var at);
        goroutine = isThere ? _goroutines[at] : default;
        return isThere;
    }

    private Dictionary<ulong, int> Index(Func<Goroutine, ulong> key)
    {
        var index = new Dictionary<ulong, int>(_goroutines.Length);
        for (var at = 0; at < _goroutines.Length; at++)
            index.TryAdd(key(_goroutines[at]), at);
        return index;
    }
}
