using System.Globalization;
using Faultline.Binaries.Code.Probing;

namespace Faultline.Capture.Probes;

/// <summary>Spells what probes fetch, in the kernel's syntax. The one place that knows it.</summary>
internal sealed class ProbeFetches(ProbeTarget target)
{
    private readonly ProbeRegisters _registers = target.Registers;

    public string Goroutine => string.Create(CultureInfo.InvariantCulture, $"goid=+{target.GoroutineIdOffset}({_registers.G}):u64");

    public string G => $"g={_registers.G}:x64";

    /// <summary>The return address of the function that a site lies in.</summary>
    public string ReturnAddress(ProbeSite site) => _registers.Link is { } link
        ? $"ret={link}:x64"
        : string.Create(CultureInfo.InvariantCulture, $"ret=+{site.StackDepth}(%sp):x64");

    /// <summary>The return address of the function's caller, which the caller's frame holds above its saved frame pointer.</summary>
    public string CallersReturnAddress(ProbeSite site) => site.HasFrame
        ? $"detail=+8(+0({_registers.FramePointer})):x64"
        : $"detail=+8({_registers.FramePointer}):x64";

    public string Argument(string name, int argument, string type = "x64") => $"{name}={_registers.Arguments[argument]}:{type}";

    /// <summary>The map and its type for a map function's arguments.</summary>
    public IEnumerable<string> Map(MapOperandArguments arguments)
    {
        if (arguments.Map < 0)
        {
            (int map, int type) = IteratorOffsets();
            yield return string.Create(CultureInfo.InvariantCulture, $"obj=+{map}({_registers.Arguments[arguments.Iterator]}):x64");
            yield return string.Create(CultureInfo.InvariantCulture, $"type=+{type}({_registers.Arguments[arguments.Iterator]}):x64");
            yield break;
        }

        yield return Argument("obj", arguments.Map);
        yield return Argument("type", arguments.Type);
    }

    // A map iterator is zeroed by the code that declares it, so an iterator that was never started shows no map.
    private (int Map, int Type) IteratorOffsets()
    {
        if (target.Layouts.Find("internal/runtime/maps.Iter") is { } swiss)
            return (swiss.OffsetOf("m") ?? 24, swiss.OffsetOf("typ") ?? 16);
        return target.Layouts.Find("runtime.hiter") is { } classic ? (classic.OffsetOf("h") ?? 24, classic.OffsetOf("t") ?? 16) : (24, 16);
    }
}
