namespace Faultline.Binaries.Code.Calling;

/// <summary>Where the func values of one function go.</summary>
/// <param name="Calls">Calls through a register that were seen to call it, by caller and address.</param>
/// <param name="Deferred">Calls that defer it, by caller and address.</param>
/// <param name="Makers">Places that name it: a closure made or a func value taken, other than for a go statement or to defer it.</param>
/// <param name="IsFollowed">True when every use was seen.</param>
internal sealed record FunctionValueUses(IReadOnlyList<(int Caller, ulong Address)> Calls, IReadOnlyList<(int Caller, ulong Address)> Deferred, IReadOnlyList<FunctionMention> Makers, bool IsFollowed);
