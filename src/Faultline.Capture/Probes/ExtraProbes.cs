using Faultline.Binaries.Code.Probing;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>The functions behind <see cref="ExtraProbe"/>.</summary>
internal static class ExtraProbes
{
    /// <summary>A function with the argument that holds its object and the one whose value is worth keeping (-1 for none), in the releases from First on until Last.</summary>
    private sealed record Family(string Word, ProbeKind Kind, string Function, int ObjectArgument, int DetailArgument = -1, int First = 0, int Last = int.MaxValue)
    {
        /// <summary>The program calls it through small functions of the runtime, so that its own line is one return address further up.</summary>
        public bool HasWrappers => Kind is ProbeKind.ChanSend or ProbeKind.ChanReceive;
    }


    // Signatures from runtime/chan.go, select.go, slice.go, map*.go, internal/sync and sync of Go 1.19 to 1.27. Functions that a release lacks
    // are not in its binaries and give no probe.
    private static readonly Family[] s_functions =
    [
        new("chan", ProbeKind.ChanSend, "runtime.chansend", 0),
        new("chan", ProbeKind.ChanReceive, "runtime.chanrecv", 0),
        new("chan", ProbeKind.ChanClose, "runtime.closechan", 0),
        new("chan", ProbeKind.Function, "runtime.selectgo", 0, 3),
        new("sync", ProbeKind.Lock, "sync.(*Mutex).Lock", 0),
        new("sync", ProbeKind.Lock, "sync.(*Mutex).lockSlow", 0),
        new("sync", ProbeKind.Lock, "internal/sync.(*Mutex).lockSlow", 0),
        new("sync", ProbeKind.Unlock, "sync.(*Mutex).Unlock", 0),
        new("sync", ProbeKind.Unlock, "sync.(*Mutex).unlockSlow", 0),
        new("sync", ProbeKind.Unlock, "internal/sync.(*Mutex).unlockSlow", 0),
        new("sync", ProbeKind.Lock, "sync.(*RWMutex).Lock", 0),
        new("sync", ProbeKind.Unlock, "sync.(*RWMutex).Unlock", 0),
        new("sync", ProbeKind.ReadLock, "sync.(*RWMutex).RLock", 0),
        new("sync", ProbeKind.ReadUnlock, "sync.(*RWMutex).RUnlock", 0),
        new("sync", ProbeKind.ReadUnlock, "sync.(*RWMutex).rUnlockSlow", 0),
        new("slice", ProbeKind.SliceGrow, "runtime.growslice", 1, 4, Last: 19),
        new("slice", ProbeKind.SliceGrow, "runtime.growslice", 0, 1, First: 20),
        new("map", ProbeKind.MapGrow, "runtime.hashGrow", 1),
        new("map", ProbeKind.MapGrow, "internal/runtime/maps.(*Map).growToTable", 0),
        new("map", ProbeKind.MapGrow, "internal/runtime/maps.(*table).rehash", 2),
        new("syncmap", ProbeKind.SyncMap, "sync.(*Map).missLocked", 0),
        new("syncmap", ProbeKind.SyncMap, "sync.(*Map).dirtyLocked", 0),
        new("syncmap", ProbeKind.SyncMap, "sync.(*entry).tryExpungeLocked", 0),
        new("syncmap", ProbeKind.SyncMap, "internal/sync.(*HashTrieMap[...]).expand", 0),
        new("syncmap", ProbeKind.SyncMap, "internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).expand", 0),
    ];

    public static void Add(ProbePlanner planner, ProbeTarget target, IReadOnlyList<ExtraProbe> extras)
    {
        foreach (ExtraProbe extra in extras)
        {
            if (extra.IsFamily)
                AddFamily(planner, target, extra.Word);
            else if (!planner.AddNamed(ProbeKind.Function, extra.Word, 1, site => [planner.Fetches.Argument("obj", 0), planner.Fetches.ReturnAddress(site)]))
                planner.AddNote($"the program has no function '{extra.Word}': it does not exist, or it is inlined everywhere");
        }
    }

    private static void AddFamily(ProbePlanner planner, ProbeTarget target, string word)
    {
        List<string> missing = [];
        int release = target.Layouts.Release;
        foreach (Family family in s_functions.Where(family => family.Word == word && family.First <= release && release <= family.Last))
        {
            int count = 1 + Math.Max(family.ObjectArgument, family.DetailArgument);
            if (!planner.AddNamed(family.Kind, family.Function, count, site => Fetch(planner.Fetches, family, site)))
                missing.Add(family.Function);
        }

        if (word is "map")
            planner.AddMapFunctions();
        if (missing.Count > 0 && word is "sync")
            planner.AddNote($"not in this program, or inlined everywhere, where no probe can sit: {string.Join(", ", missing)}; locks without contention are seen only through functions that are not inlined");
        if (target.Layouts.Release >= 24 && word is "sync")
            planner.AddNote("since Go 1.24 sync.Mutex is a shell of internal/sync.Mutex and its fast path is inlined: only contended locks and unlocks reach a function");
    }

    private static IEnumerable<string> Fetch(ProbeFetches fetches, Family family, ProbeSite site)
    {
        yield return fetches.Argument("obj", family.ObjectArgument);
        yield return fetches.ReturnAddress(site);
        if (family.HasWrappers)
            yield return fetches.CallersReturnAddress(site);
        if (family.DetailArgument >= 0)
            yield return fetches.Argument("detail", family.DetailArgument, "u64");
    }
}
