using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Probing;

/// <summary>Which arguments of a map function are the map and its type.</summary>
/// <param name="Type">Argument that holds the map's type descriptor; -1 when it is found through the iterator.</param>
/// <param name="Map">Argument that holds the map; -1 when it is found through the iterator.</param>
/// <param name="Iterator">Argument that holds the iterator; -1 for operations without one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapOperandArguments(int Type, int Map, int Iterator)
{
    /// <summary>How many arguments have to be looked at.</summary>
    public int Count => 1 + Math.Max(Type, Math.Max(Map, Iterator));
}

/// <summary>A function of the runtime in which every map operation of its kind is seen exactly once.</summary>
/// <param name="Function">The function.</param>
/// <param name="Operation">What it does to the map.</param>
/// <param name="Arguments">Where it takes the map from.</param>
/// <param name="HasWrappers">Some calls come from other functions of the runtime, which the user's code calls.</param>
public sealed record MapFunction(FuncInfo Function, MapOperation Operation, MapOperandArguments Arguments, bool HasWrappers);
