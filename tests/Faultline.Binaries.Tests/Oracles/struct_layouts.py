"""Run by gdb: prints "struct NAME SIZE" and "field NAME OFFSET SIZE" lines for the structs of the layout table.

Structs and fields that were renamed are printed under their newest name.
"""
import gdb

# Newest name, then the names that older releases (or experiments) use.
STRUCTS = [
    ["runtime.g"], ["runtime.stack"], ["runtime.gobuf"], ["runtime.m"], ["runtime.p"], ["runtime.schedt"],
    ["runtime.hchan"], ["runtime.sudog"], ["runtime.waitq"], ["runtime.mutex"], ["runtime.timer"], ["runtime.scase"],
    ["runtime.semaRoot"], ["runtime.semTable.entry"], ["runtime.gQueue"], ["runtime.gList"],
    ["runtime.itab", "internal/abi.ITab"], ["runtime.eface"], ["runtime.iface"], ["runtime.funcval"],
    ["runtime.slice"], ["runtime.stringStruct"],
    ["runtime.hmap"], ["runtime.mapextra"], ["runtime.hiter"],
    ["internal/abi.Type", "runtime._type"],
    ["internal/abi.MapType", "internal/abi.SwissMapType", "internal/abi.OldMapType", "runtime.maptype"],
    ["internal/runtime/maps.Map"], ["internal/runtime/maps.table"], ["internal/runtime/maps.groupsReference"],
    ["internal/runtime/maps.Iter"],
    ["sync.Mutex"], ["sync.RWMutex"], ["sync.WaitGroup"], ["sync.Cond"], ["sync.notifyList"], ["sync.Once"],
    ["sync.Map"], ["sync.readOnly"], ["sync.entry"],
    ["internal/sync.HashTrieMap", "internal/sync.HashTrieMap[interface {},interface {}]"],
    ["internal/sync.indirect", "internal/sync.indirect[interface {},interface {}]"],
    ["internal/sync.entry", "internal/sync.entry[interface {},interface {}]",
     "internal/sync.entry[go.shape.interface {},go.shape.interface {}]"],
    ["internal/sync.node", "internal/sync.node[interface {},interface {}]"],
    ["runtime.mheap"], ["runtime.heapArena"], ["runtime.mspan"], ["runtime.bitvector"], ["runtime.moduledata"],
]

# internal/sync.Mutex has held the fields since Go 1.24; the bytes are the same.
UNWRAPPED = {"sync.Mutex": "mu"}

# The large ones: only what a reader of dead processes needs.
WANTED = {
    "runtime.m": """g0 procid gsignal tls curg caughtsig p nextp oldp id mallocing throwing preemptoff locks dying profilehz
        spinning blocked incgo isextra ncgo alllink lockedg waitunlockf waitlock waittraceev freelink vdsoSP vdsoPC
        signalLock self mWaitList schedlink""",
    "runtime.p": "id status link schedtick syscalltick m runqhead runqtail runq runnext gFree sudogcache timers preempt",
    "runtime.schedt": """goidgen lastpoll lock midle nmidle nmidlelocked mnext maxmcount nmsys nmfreed ngsys pidle npidle
        nmspinning runq runqsize gFree gcwaiting stopwait sysmonwait safePointWait""",
    "runtime.mheap": "allspans arenas",
    "runtime.heapArena": "bitmap noMorePtrs spans",
    "runtime.mspan": "startAddr npages freeindex freeIndexForScan nelems allocBits allocCount spanclass state elemsize limit largeType",
    "runtime.moduledata": "noptrdata enoptrdata data edata bss ebss noptrbss enoptrbss gcdatamask gcbssmask next",
}

RENAMED = {
    "internal/abi.Type": {
        "size": "Size_", "ptrdata": "PtrBytes", "hash": "Hash", "tflag": "TFlag", "align": "Align_", "fieldAlign": "FieldAlign_",
        "kind": "Kind_", "equal": "Equal", "gcdata": "GCData", "str": "Str", "ptrToThis": "PtrToThis",
    },
    "internal/abi.MapType": {
        "typ": "Type", "key": "Key", "elem": "Elem", "bucket": "Bucket", "hasher": "Hasher", "keysize": "KeySize",
        "elemsize": "ValueSize", "bucketsize": "BucketSize", "flags": "Flags",
    },
    "runtime.itab": {"inter": "Inter", "_type": "Type", "hash": "Hash", "fun": "Fun"},
}

POINTER_SIZE = 8


def size_of(kind):
    # gdb gives functions the size 1; what Go keeps is a pointer to a closure.
    kind = kind.strip_typedefs()
    return POINTER_SIZE if kind.code == gdb.TYPE_CODE_FUNC else kind.sizeof


def find(names):
    for name in names:
        if name == "runtime.semTable.entry":
            return semaphore_entry()
        try:
            return gdb.lookup_type(name).strip_typedefs()
        except gdb.error:
            continue
    return None


def semaphore_entry():
    """The elements of runtime.semtable have no name of their own."""
    table = gdb.lookup_global_symbol("runtime.semtable")
    return table.type.strip_typedefs().target().strip_typedefs() if table else None


for names in STRUCTS:
    kind = find(names)
    if kind is None or kind.code != gdb.TYPE_CODE_STRUCT:
        continue
    print("struct", names[0], kind.sizeof)
    fields = kind.fields()
    inner = UNWRAPPED.get(names[0])
    for field in fields:
        if field.name == inner:
            fields = field.type.strip_typedefs().fields()
    wanted = WANTED.get(names[0])
    for field in fields:
        if field.name == "_" or (wanted and field.name not in wanted.split()):
            continue
        name = RENAMED.get(names[0], {}).get(field.name, field.name)
        print("field", name, field.bitpos // 8, size_of(field.type))
