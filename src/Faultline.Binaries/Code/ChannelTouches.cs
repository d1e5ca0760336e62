namespace Faultline.Binaries.Code;

/// <summary>What one channel operation touches of a channel.</summary>
/// <param name="Operation">The runtime's function, such as <c>runtime.chansend</c>.</param>
/// <param name="Functions">That function and those it hands the channel to.</param>
/// <param name="TakesLock">True when the channel's lock is taken.</param>
/// <param name="Touches">Offsets in the channel, with sizes; each place once for each way it is touched.</param>
/// <param name="IsComplete">False when part of the code could not be followed: more can be touched.</param>
internal sealed record ChannelTouches(string Operation, IReadOnlyList<string> Functions, bool TakesLock, IReadOnlyList<ChannelTouch> Touches, bool IsComplete);

/// <summary>A place in a channel that is read or written.</summary>
/// <param name="Offset">Bytes from the start of the channel.</param>
/// <param name="Size">In bytes.</param>
/// <param name="IsWrite">True when it is written.</param>
internal readonly record struct ChannelTouch(long Offset, int Size, bool IsWrite);
