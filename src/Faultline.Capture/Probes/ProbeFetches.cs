using System.Globalization;
using Faultline.Binaries.Code.Probing;
using Faultline.Binaries.Dwarf;

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

    /// <summary>A word of a variable at an instruction; null when its place cannot be spelled. Amd64 only.</summary>
    /// <param name="stackDepth">Of the instruction; null when unknown.</param>
    public string? Word(WordPath path, ulong instruction, int? stackDepth)
    {
        // The frame base is the stack pointer before the call, above the return address.
        const int ReturnAddressSize = 8;
        (VariablePiece start, IReadOnlyList<long> loads) = (path.Start, path.Loads);
        string word;
        switch (start.Place)
        {
            case VariablePlace.Register when ProbeRegisters.Amd64ByDwarf(start.Register) is { } register:
                word = register;
                break;
            case VariablePlace.Frame when loads.Count > 0 && stackDepth is { } depth:
                word = Load(depth + ReturnAddressSize + start.Value + loads[0], "%sp");
                loads = [.. loads.Skip(1)];
                break;
            case VariablePlace.RegisterOffset when loads.Count > 0 && ProbeRegisters.Amd64ByDwarf(start.Register) is { } register:
                word = Load(start.Value + loads[0], register);
                loads = [.. loads.Skip(1)];
                break;
            // The kernel counts from where the probed file would begin if all of it were mapped as its code is.
            case VariablePlace.Address when loads.Count > 0 && target.FileOffset(instruction) is { } offset && (long)((ulong)(start.Value + loads[0]) - instruction) + offset is > 0 and var place:
                word = string.Create(CultureInfo.InvariantCulture, $"@+{place}");
                loads = [.. loads.Skip(1)];
                break;
            default:
                return null;
        }

        return loads.Aggregate(word, (inner, offset) => Load(offset, inner));
    }

    private static string Load(long offset, string address) => string.Create(CultureInfo.InvariantCulture, $"{offset:+0;-0;+0}({address})");

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
