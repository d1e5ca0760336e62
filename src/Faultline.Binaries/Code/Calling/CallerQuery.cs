namespace Faultline.Binaries.Code.Calling;

/// <summary>What to look for.</summary>
/// <param name="Targets">Entries of the functions whose callers are asked for.</param>
/// <param name="From">Entries of the functions that paths shall start in; empty for goroutine entries, main and what else can start.</param>
/// <param name="Depth">Paths of at most so many steps.</param>
public sealed record CallerQuery(IReadOnlyList<ulong> Targets, IReadOnlyList<ulong> From, int Depth = int.MaxValue);
