using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Probing;

/// <summary>Finds where breakpoints cost least. Amd64 and arm64; on other architectures nothing is found.</summary>
public static class ProbeSites
{
    /// <summary>
    /// The functions of a name, without those that only hand over to another one of the same name, as the linker makes them where assembly and
    /// compiled code call each other.
    /// </summary>
    public static IReadOnlyList<FuncInfo> FindFunctions(GoBinary binary, string name)
    {
        IReadOnlyList<FuncInfo> all = binary.FindFunctions(name);
        if (all.Count < 2)
            return all;
        HashSet<ulong> entries = [.. all.Select(function => function.Entry)];
        List<FuncInfo> own = [.. all.Where(function => !DirectTargets.Of(binary, function).Any(target => target != function.Entry && entries.Contains(target)))];
        return own.Count > 0 ? own : all;
    }

    /// <summary>
    /// The first instruction of a function that the kernel emulates while g and the first arguments are still in their registers and that runs once
    /// for every call; the entry, which is single-stepped, where there is none. Null where the code cannot be read.
    /// </summary>
    /// <param name="binary">The program.</param>
    /// <param name="function">A function of its table.</param>
    /// <param name="argumentCount">How many integer arguments must be alive.</param>
    public static ProbeSite? FindEntry(GoBinary binary, FuncInfo function, int argumentCount) => binary.Architecture switch
    {
        "amd64" => Amd64ProbeSites.FindEntry(binary, function, argumentCount),
        "arm64" => Arm64ProbeSites.FindEntry(binary, function, argumentCount),
        _ => null,
    };

    /// <summary>Bytes that the stack pointer lies below its value at the function's entry, before the instruction at an address; null when unknown.</summary>
    public static int? StackDepthAt(GoBinary binary, ulong address) =>
        binary.Pclntab is { } table && binary.TryFindFunction(address, out FuncInfo function) && table.FindStackDelta(table.GetRecord(function.Index), address) is >= 0 and var depth ? depth : null;

    /// <summary>
    /// The first instruction from an address on that runs whenever the one at the address does and that the kernel emulates;
    /// null when the straight line ends before one.
    /// </summary>
    public static ulong? FindFrom(GoBinary binary, ulong address)
    {
        if (!binary.TryFindFunction(address, out FuncInfo function))
            return null;
        return binary.Architecture switch
        {
            "amd64" => Amd64ProbeSites.FindFrom(binary, function, address),
            "arm64" => Arm64ProbeSites.FindFrom(binary, function, address),
            _ => null,
        };
    }
}
