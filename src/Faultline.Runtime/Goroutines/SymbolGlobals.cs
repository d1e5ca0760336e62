using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>Finds the runtime's variables by the symbols of the binary or its debug file.</summary>
internal static class SymbolGlobals
{
    private static readonly string[] Names =
    [
        "runtime.allgs", "runtime.allm", "runtime.allp", "runtime.sched", "runtime.semtable", "runtime.mheap_", "runtime.waitReasonStrings", "sync.expunged",
    ];

    /// <summary>Null when there is no symbol of the table of goroutines.</summary>
    public static RuntimeGlobals? Find(GoBinary binary, ulong loadBias, RuntimeLayouts layouts, TargetMemory memory)
    {
        var found = binary.Symbols.FindByName(Names);
        if (!found.ContainsKey("runtime.allgs"))
            return null;
        var arenas = layouts.Offset("runtime.mheap", "arenas");
        return new RuntimeGlobals
        {
            AllGoroutines = Address("runtime.allgs"),
            AllMachines = Address("runtime.allm"),
            AllProcessors = Address("runtime.allp"),
            Scheduler = Address("runtime.sched"),
            SemaphoreTable = Address("runtime.semtable"),
            Arenas = Address("runtime.mheap_") is var heap and not 0 && arenas >= 0 ? heap + (ulong)arenas : 0,
            WaitReasonTexts = Address("runtime.waitReasonStrings"),
            WaitReasonTextsSize = found.TryGetValue("runtime.waitReasonStrings", out var texts) ? texts.Size : 0,
            Expunged = Address("sync.expunged") is var expunged and not 0 ? memory.ReadUInt64(expunged) : 0,
        };

        ulong Address(string name) => found.TryGetValue(name, out ElfSymbol symbol) ? symbol.Address + loadBias : 0;
    }
}
