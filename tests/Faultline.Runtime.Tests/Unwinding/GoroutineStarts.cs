using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>Where the stack of each goroutine of a process begins, read from its g with as little code as possible.</summary>
internal sealed class GoroutineStarts
{
    private readonly Dictionary<long, ulong> _goroutines = [];
    private readonly RunningProgram _process;
    private readonly StructLayout _g;
    private readonly StructLayout _gobuf;

    public GoroutineStarts(GoBinary binary, RunningProgram process)
    {
        _process = process;
        StructLayouts layouts = StructLayouts.For(binary.BuildInfo!.Release!.Value, "amd64", [])!;
        (_g, _gobuf) = (layouts.Find("runtime.g")!, layouts.Find("runtime.gobuf")!);
        ulong all = binary.Symbols.Symbols.Single(symbol => binary.Symbols.GetName(symbol) == "runtime.allgs").Address;
        (ulong first, ulong count) = (process.Word(all), process.Word(all + 8));
        for (ulong index = 0; index < count; index++)
        {
            ulong g = process.Word(first + (8 * index));
            _goroutines[(long)process.Word(g + Offset("goid"))] = g;
        }
    }

    /// <summary>Null for a goroutine that is not in the list.</summary>
    public StackRegisters? TryFind(long id, Dictionary<string, ulong>? thread)
    {
        if (!_goroutines.TryGetValue(id, out ulong g))
            return null;
        if (thread is not null)
            return new StackRegisters { Pc = thread["rip"], Sp = thread["rsp"], FramePointer = thread["rbp"], Goroutine = thread["r14"] };
        if (_process.Word(g + Offset("syscallsp")) is not 0 and var sp)
            return new StackRegisters { Pc = _process.Word(g + Offset("syscallpc")), Sp = sp, Goroutine = g, IsReturnAddress = true };
        return new StackRegisters
        {
            Pc = _process.Word(g + Scheduled("pc")),
            Sp = _process.Word(g + Scheduled("sp")),
            FramePointer = _process.Word(g + Scheduled("bp")),
            Goroutine = g,
            IsReturnAddress = true,
        };
    }

    private ulong Offset(string field) => (ulong)_g.OffsetOf(field)!.Value;

    private ulong Scheduled(string field) => Offset("sched") + (ulong)_gobuf.OffsetOf(field)!.Value;
}
