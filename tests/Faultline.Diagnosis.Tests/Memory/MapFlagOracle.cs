using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>The map functions of one build of <c>mapphases</c> that debuggers step through, and what the table claims about them.</summary>
internal sealed class MapFlagOracle : IDisposable
{
    private readonly MapPhaseTable table;
    private readonly int bit;

    public MapFlagOracle(string version, BuildMode mode)
    {
        var toolchain = Toolchain.TryFind(version)!;
        var isSwiss = toolchain.Version.Minor >= 24;
        (Offset, bit) = isSwiss ? (34, 1) : (8, 4);
        Binary = GoBinary.Open(SampleBinary.Build(SampleProgram.FindParked("mapphases"), toolchain, mode).Path);
        table = new MapPhaseTable(Binary);
        Assert.True(table.IsReadable);
        Functions =
        [
            .. new[] { "runtime.mapassign_fast64", "runtime.mapassign_faststr", "runtime.mapaccess1_fast64" }.Select(name => (Assert.Single(Binary.FindFunctions(name)), 1)),
            isSwiss ? (Assert.Single(Binary.FindFunctions("internal/runtime/maps.(*Map).Delete")), 0) : (Assert.Single(Binary.FindFunctions("runtime.mapdelete")), 1),
        ];
    }

    public GoBinary Binary { get; }

    /// <summary>Where in the map's header the flag's byte lies.</summary>
    public int Offset { get; }

    /// <summary>The functions, and which of their arguments is the map.</summary>
    public IReadOnlyList<(FuncInfo Function, int MapArgument)> Functions { get; }

    /// <summary>Holds what the byte was before each instruction against the table. Every function has to occur, those that write with the flag set and clear.</summary>
    public void Compare(IEnumerable<(ulong Address, int Value)> steps)
    {
        var seen = Functions.ToDictionary(function => function.Function.Name, _ => (Clear: 0, Set: 0));
        foreach (var (address, value) in steps)
        {
            Assert.True(Binary.TryFindFunction(address, out var function));
            var claim = table.At(address)!;
            var isSet = (value & bit) != 0;
            Assert.True(claim.Flag == (isSet ? WriteStage.Marked : WriteStage.Unmarked), $"{function.Name}+0x{address - function.Entry:x}: the byte is {value}, the table says {claim.Flag} ({claim.Phases})");
            Assert.Equal(isSet, claim.Phases == MapPhases.Writing);
            var (clear, set) = seen[function.Name];
            seen[function.Name] = isSet ? (clear, set + 1) : (clear + 1, set);
        }

        foreach (var (name, counts) in seen)
        {
            Assert.True(counts.Clear > 0, $"{name} was not stepped through");
            Assert.Equal(!name.Contains("access", StringComparison.Ordinal), counts.Set > 0);
        }
    }

    public void Dispose() => Binary.Dispose();
}
