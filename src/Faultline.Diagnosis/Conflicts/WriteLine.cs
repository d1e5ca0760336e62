using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>One line of the program that writes a map of the victim's type: all call sites that the compiler made from it.</summary>
internal sealed class WriteLine
{
    public required AccessOperation Operation { get; init; }

    /// <summary>The programmer's frame.</summary>
    public required SourceFrame Frame { get; init; }

    /// <summary>The call sites of the line; more than one when it was inlined in several places.</summary>
    public required IReadOnlyList<MapCallSite> Sites { get; init; }

    /// <summary>Best relation of any of its sites to the victim's map.</summary>
    public required MapIdentity Identity { get; init; }

    /// <summary>True when the line lies in Go's standard library or a third-party module rather than in the main module.</summary>
    public required bool IsLibrary { get; init; }

    /// <summary>Physical functions that hold the sites.</summary>
    public IEnumerable<ulong> Functions => Sites.Select(site => site.FunctionEntry).Distinct();
}
