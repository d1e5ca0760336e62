using Faultline.Binaries;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.GoSym;

namespace Faultline.Cli.Calling;

/// <summary>What was asked and what was found.</summary>
/// <param name="Binary">The program.</param>
/// <param name="Targets">The functions whose callers were asked for.</param>
/// <param name="From">Where paths had to start; null for everywhere.</param>
/// <param name="Callers">What the search found.</param>
internal sealed record CallersReport(GoBinary Binary, IReadOnlyList<FuncInfo> Targets, IReadOnlyList<FuncInfo>? From, CallerSet Callers)
{
    /// <summary>Paths to show.</summary>
    public int Top { get; init; } = int.MaxValue;

    /// <summary>False when func values and the types of interfaces are not followed on this architecture.</summary>
    public bool IsFollowed { get; init; } = true;

    /// <summary>The paths to show: of the program itself first, those of which every step is proven before others, goroutines that may not exist last.</summary>
    public IReadOnlyList<CallRoot> Roots =>
    [
        .. Callers.Roots.OrderBy(root => root.Kind == CallRootKind.FunctionValue).ThenByDescending(root => root.IsUserCode).ThenByDescending(root => root.IsProven).Take(Top),
    ];
}
