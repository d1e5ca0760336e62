using Faultline.Binaries;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Unwinding;

/// <summary>
/// The logical frames of physical ones, inlined calls expanded; each code address is resolved once and has a number. Not thread-safe.
/// </summary>
/// <param name="binary">The program; processes that have it at different addresses share the cache.</param>
public sealed class FrameCache(GoBinary binary)
{
    /// <summary>More code addresses than this are resolved each time they are asked for.</summary>
    internal const int LocationLimit = 4 * 1024 * 1024;

    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<IReadOnlyList<SourceFrame>?> _locations = [];
    private readonly List<ulong> _addresses = [];

    /// <summary>How many addresses have a number.</summary>
    public int LocationCount => _addresses.Count;

    /// <summary>Logical frames at the place of a physical one, innermost first; empty for code that Go's tables do not know.</summary>
    /// <param name="frame">The physical frame.</param>
    /// <param name="loadBias">Address in the process minus link-time address.</param>
    public IReadOnlyList<SourceFrame> Resolve(in StackFrame frame, ulong loadBias) =>
        NumberOf(frame, loadBias) is >= 0 and var number ? FramesOf(number) : binary.ResolveFrames(frame.LookupAddress - loadBias);

    /// <summary>The number of a frame's place; the same for all frames that stopped or wait there. -1 when there are too many.</summary>
    public int NumberOf(in StackFrame frame, ulong loadBias)
    {
        var address = frame.LookupAddress - loadBias;
        if (_numbers.TryGetValue(address, out var number))
            return number;
        if (_addresses.Count >= LocationLimit)
            return -1;
        number = _addresses.Count;
        _addresses.Add(address);
        _locations.Add(null);
        _numbers.Add(address, number);
        return number;
    }

    /// <summary>Logical frames of a place, innermost first; resolved when they are first asked for.</summary>
    public IReadOnlyList<SourceFrame> FramesOf(int number) => _locations[number] ??= binary.ResolveFrames(_addresses[number]);

    /// <summary>Link-time address of a place.</summary>
    public ulong AddressOf(int number) => _addresses[number];
}
