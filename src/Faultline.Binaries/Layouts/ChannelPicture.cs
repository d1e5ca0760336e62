using Faultline.Binaries.Code;

namespace Faultline.Binaries.Layouts;

/// <summary>What one channel operation does to a channel, read from the runtime's code in the binary.</summary>
/// <param name="Operation">What a programmer calls it.</param>
/// <param name="Functions">The runtime's functions that were followed.</param>
/// <param name="TakesLock">True when it takes the channel's lock, on some path at least.</param>
/// <param name="Reads">Fields that it reads, in the order of their offsets.</param>
/// <param name="Writes">Fields that it writes; the lock counts as written by whoever takes it.</param>
/// <param name="IsComplete">False when part of the code could not be followed, so that more fields can be touched.</param>
public sealed record ChannelPicture(
    string Operation, IReadOnlyList<string> Functions, bool TakesLock, IReadOnlyList<LaidField> Reads, IReadOnlyList<LaidField> Writes, bool IsComplete)
{
    /// <summary>One for each operation that the binary has; empty on other architectures than amd64.</summary>
    /// <param name="code">The program's code.</param>
    /// <param name="channel">The layout of <c>runtime.hchan</c>.</param>
    public static IReadOnlyList<ChannelPicture> Draw(ProgramCode code, StructShape channel)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(channel);
        if (channel.Fields.FirstOrDefault(part => part.Name == "lock") is not { } mutex)
            return [];
        return [.. code.FindChannelTouches((int)mutex.Offset).Select(touches => Draw(touches, channel))];
    }

    /// <summary>The lines of cache that the operation touches, counted from the start of the channel.</summary>
    /// <param name="lineSize">Bytes of a line.</param>
    public IReadOnlyList<long> Lines(int lineSize) =>
        [.. Reads.Concat(Writes).SelectMany(part => (long[])[part.Offset / lineSize, (part.End - 1) / lineSize]).Distinct().Order()];

    private static ChannelPicture Draw(ChannelTouches touches, StructShape channel) => new(
        touches.Operation switch
        {
            "runtime.chansend" => "send",
            "runtime.chanrecv" => "receive",
            "runtime.closechan" => "close",
            "runtime.selectgo" => "select",
            "runtime.chanlen" => "len",
            _ => "cap",
        },
        touches.Functions, touches.TakesLock, Fields(touches, channel, isWrite: false), Fields(touches, channel, isWrite: true), touches.IsComplete);

    private static LaidField[] Fields(ChannelTouches touches, StructShape channel, bool isWrite) =>
    [
        .. channel.Fields.Where(part => touches.Touches.Any(touch => touch.IsWrite == isWrite && touch.Offset < part.End && touch.Offset + touch.Size > part.Offset)),
    ];
}
