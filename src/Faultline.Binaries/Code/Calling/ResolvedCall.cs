namespace Faultline.Binaries.Code.Calling;

/// <summary>What a call through a register leads to.</summary>
/// <param name="Slot">The method's place in the interface, or a constant of <see cref="IndirectCall"/>.</param>
/// <param name="Interface">The interface's type; null when unknown or when it is no such call.</param>
/// <param name="Functions">Functions that the called func value can be.</param>
/// <param name="Places">Fields and variables that the called func value is read from.</param>
/// <param name="IsComplete">True when the func value can be nothing else.</param>
internal sealed record ResolvedCall(int Slot, InterfaceMethods? Interface, IReadOnlyList<int> Functions, IReadOnlyList<Origin> Places, bool IsComplete)
{
    /// <summary>True when the call could be anything of its kind.</summary>
    public bool IsWide => Slot >= 0 ? Interface is null : !IsComplete;

    public static ResolvedCall Unfollowed(int slot) => new(slot, Interface: null, [], [], IsComplete: false);
}
