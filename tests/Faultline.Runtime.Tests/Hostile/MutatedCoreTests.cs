using System.Diagnostics;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Slices;
using Faultline.Runtime.Sync;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Values;

namespace Faultline.Runtime.Tests.Hostile;

/// <summary>
/// Damaged cores: bits, words and lengths that are wrong, in the headers and in the runtime's own structs. Everything that can be asked is
/// asked; answers may be wrong, but they come, and soon.
/// </summary>
public sealed class MutatedCoreTests
{
    private const int MutationsPerCore = 25;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Lays changed bytes over a space.</summary>
    private sealed class Damaged(IAddressSpace inner, IReadOnlyDictionary<ulong, byte> changes) : IAddressSpace
    {
        public int Read(ulong address, scoped Span<byte> buffer)
        {
            var count = inner.Read(address, buffer);
            foreach (var (at, value) in changes)
            {
                if (at - address < (ulong)count)
                    buffer[(int)(at - address)] = value;
            }

            return count;
        }

        public ulong NextAddress(ulong address) => inner.NextAddress(address);
    }

    public static TheoryData<string, bool, int> Seeds()
    {
        var data = new TheoryData<string, bool, int>();
        foreach (var (version, isStripped) in new[] { ("1.19", false), ("1.23", true), ("1.27", false), ("1.25", true) })
        {
            for (var seed = 0; seed < 2; seed++)
                data.Add(version, isStripped, seed);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Damaged_memory_gives_an_answer(string version, bool isStripped, int seed)
    {
        var process = ParkedProcess.Objects(version, isStripped: isStripped);
        var targets = Targets(process);
        var random = new Random(seed);
        for (var round = 0; round < MutationsPerCore; round++)
        {
            var changes = new Dictionary<ulong, byte>();
            for (var count = random.Next(1, 12); count > 0; count--)
                Change(changes, targets[random.Next(targets.Count)], random);
            var clock = Stopwatch.StartNew();
            AskEverything(process, new Damaged(process.Dump.Memory, changes));
            Assert.True(clock.Elapsed < Limit, $"seed {seed}, round {round}: {clock.Elapsed}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Damaged_headers_give_an_answer(int seed)
    {
        var process = ParkedProcess.Objects("1.27");
        var folder = Directory.CreateTempSubdirectory("faultline-mutated-");
        try
        {
            var path = Path.Combine(folder.FullName, "core");
            Tool.Run("cp", "--sparse=always", process.Core.CorePath, path);
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            var original = new byte[96 * 1024];
            file.ReadExactly(original);
            var random = new Random(seed);
            for (var round = 0; round < MutationsPerCore; round++)
            {
                var bytes = original.ToArray();
                for (var count = random.Next(1, 20); count > 0; count--)
                    bytes[random.Next(64, round % 2 == 0 ? 4096 : bytes.Length)] = (byte)random.Next(256);
                file.Position = 0;
                file.Write(bytes);
                file.Flush();
                Open(process, path);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Open(ParkedProcess process, string path)
    {
        try
        {
            using var dump = CoreDump.Open(path, new CoreOptions { BinaryPath = process.Core.Binary.Path, Force = true });
            if (RuntimeState.TryAttach(dump.Binary, dump.LoadBias, dump.Memory, dump.Core.Threads, new DiagnosticLog("core")) is not { } state)
                return;
            foreach (var goroutine in state.Goroutines)
                _ = goroutine.Id;
        }
        catch (MalformedDataException)
        {
            // Refused, with a reason.
        }
    }

    /// <summary>Where the damage hurts: the structs that everything hangs on.</summary>
    private static List<ulong> Targets(ParkedProcess process)
    {
        var truth = process.ReadTruth();
        var state = process.State;
        return
        [
            state.Globals.AllGoroutines, state.Globals.AllMachines, state.Globals.AllProcessors, state.Globals.Arenas, state.Globals.SemaphoreTable,
            .. state.Goroutines.Take(20).Select(goroutine => goroutine.Address), .. state.Goroutines.Select(goroutine => goroutine.Waiting).Where(waiting => waiting != 0),
            .. state.Goroutines.Take(20).Select(goroutine => goroutine.ScheduledSp), .. state.Machines.Select(machine => machine.Address), .. state.Processors.Select(processor => processor.Address),
            .. truth.Maps.Values.Select(map => map.Address.Value).Where(address => address != 0), .. truth.Channels.Values.Select(channel => channel.Address.Value),
            .. truth.Locks.Values.Select(item => item.Address.Value), .. truth.Slices.Values.Select(slice => slice.Address.Value), .. truth.Values.Values.Select(value => value.Address.Value),
        ];
    }

    private static void Change(Dictionary<ulong, byte> changes, ulong target, Random random)
    {
        var at = target + (ulong)random.Next(256);
        switch (random.Next(3))
        {
            case 0:
                changes[at] = (byte)random.Next(256);
                break;
            case 1:
                for (var index = 0UL; index < 8; index++)
                    changes[(at & ~7UL) + index] = 0xff;
                break;
            default:
                // A pointer to the struct itself: lists that run in circles.
                for (var index = 0; index < 8; index++)
                    changes[(at & ~7UL) + (ulong)index] = (byte)(target >> (8 * index));
                break;
        }
    }

    private static void AskEverything(ParkedProcess process, IAddressSpace space)
    {
        var state = RuntimeState.TryAttach(process.Dump.Binary, process.Dump.LoadBias, space, process.Dump.Core.Threads, new DiagnosticLog("core"));
        if (state is null)
            return;
        foreach (var goroutine in state.Goroutines)
        {
            state.Stacks.Read(goroutine, out _);
            state.Waits.Read(goroutine);
            GoroutineLabels.Read(state, goroutine);
        }

        _ = state.Processors.Count;
        var truth = process.ReadTruth();
        foreach (var map in truth.Maps.Values)
        {
            if (map.Type == "sync.Map")
                _ = SyncMap.TryRead(state, map.Address)?.Count;
            else if (state.Types.FindByName(map.Type) is { Kind: GoKind.Map } type)
                state.Values.ReadMapAt(type, map.Address, new ValueLimits { PointerDepth = 3, ElementCount = 1000, TotalCount = 20_000 });
        }

        foreach (var channel in truth.Channels.Values)
            _ = Channel.TryRead(state, channel.Address)?.Elements().Take(100).Count();
        foreach (var slice in truth.Slices.Values)
        {
            if (SliceHeader.TryRead(state.Memory, slice.Address) is { } header)
                SliceRelations.Find(state, header, 8);
        }

        _ = new LockOwners(state).Find(truth.Locks["main.mutex"].Address);
        BlockedForever.Find(state);
        state.Heap.FindPath(truth.Channels["main.chanFull"].Address);
    }
}
