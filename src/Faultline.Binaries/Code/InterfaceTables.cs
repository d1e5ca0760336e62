using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>An interface table: what calls through an interface of type <paramref name="Interface"/> that holds a <paramref name="Concrete"/> lead to.</summary>
/// <param name="Interface">The interface type.</param>
/// <param name="Concrete">The type in it.</param>
/// <param name="Methods">Indexes of the functions, in the order of the interface's methods.</param>
internal sealed record InterfaceTable(GoType Interface, GoType Concrete, IReadOnlyList<int> Methods);

/// <summary>The interface tables (<c>abi.ITab</c>) that code names. Tables that the runtime makes for type assertions are not among them.</summary>
internal static class InterfaceTables
{
    private const int FirstMethodOffset = 24;
    private const int MethodLimit = 256;

    /// <summary>Length word of <c>abi.InterfaceType.Methods</c>.</summary>
    private const int MethodCountOffset = 64;

    public static IReadOnlyList<InterfaceTable> Find(GoBinary binary, FunctionMap functions, CodeScan scan)
    {
        var found = new List<InterfaceTable>();
        if (binary.Moduledata is not { } module)
            return found;
        var seen = new HashSet<ulong>();
        foreach (DataReference reference in scan.DataReferences)
        {
            if (!seen.Add(reference.Target) || (reference.Target & 7) != 0)
                continue;
            if (functions.ReadWord(reference.Target) is not { } first || first < module.Types || first >= module.EndOfTypes)
                continue;
            if (binary.FindType(first) is not { Kind: GoKind.Interface } interfaceType
                || functions.ReadWord(reference.Target + 8) is not { } second || binary.FindType(second) is not { } concrete)
                continue;
            ulong count = functions.ReadWord(first + MethodCountOffset) ?? 0;
            List<int> methods = ReadMethods(functions, reference.Target + FirstMethodOffset, (int)Math.Min(count, MethodLimit));
            if (methods.Count > 0)
                found.Add(new InterfaceTable(interfaceType, concrete, methods));
        }
        return found;
    }

    /// <summary>As many entries as the interface has methods; func values can lie right behind the last table.</summary>
    private static List<int> ReadMethods(FunctionMap functions, ulong address, int count)
    {
        var methods = new List<int>();
        while (methods.Count < count && functions.ReadWord(address + (8 * (ulong)methods.Count)) is { } word && functions.IndexOfEntry(word) is >= 0 and var method)
            methods.Add(method);
        return methods;
    }
}
