namespace Faultline.Binaries.Code.Fatals;

/// <summary>An instruction that only a dying program runs.</summary>
/// <param name="Address">Link-time address.</param>
/// <param name="Function">The function that it belongs to.</param>
/// <param name="Kind">What is known when it is about to run.</param>
/// <param name="MapRegister">DWARF number of the register that holds the map whose mark was looked at; -1 when none is known to.</param>
public sealed record FatalPoint(ulong Address, string Function, FatalKind Kind, int MapRegister = -1);

/// <summary>What leads to a fatal point.</summary>
public enum FatalKind
{
    /// <summary>The entry of <c>runtime.fatal</c> or <c>runtime.throw</c>: the message is the first argument.</summary>
    Message,

    /// <summary>The entry of <c>runtime.fatalpanic</c>: nobody recovered a panic.</summary>
    Panic,

    /// <summary>A map function has found another goroutine's mark in its map (or its own mark gone), and is about to say so.</summary>
    Map,
}
