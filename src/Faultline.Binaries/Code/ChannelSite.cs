using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>What a call does to a channel.</summary>
public enum ChannelOperation
{
    Send,
    Receive,
    Close,
}

/// <summary>A call by which the program sends to a channel, receives from it (neither in a <c>select</c> of several cases) or closes it.</summary>
public sealed record ChannelSite
{
    /// <summary>Entry of the physical function that holds the call.</summary>
    public required ulong FunctionEntry { get; init; }

    /// <summary>Address of the call instruction.</summary>
    public required ulong CallAddress { get; init; }

    public required ChannelOperation Operation { get; init; }

    /// <summary>Logical frames at the call, innermost (the line the programmer wrote) first.</summary>
    public required IReadOnlyList<SourceFrame> Frames { get; init; }

    /// <summary>Where the channel comes from; followed on first use, then kept.</summary>
    public MapOperand Operand => OperandSource.Value;

    internal Lazy<MapOperand> OperandSource { get; init; } = new(MapOperand.Unknown);
}
