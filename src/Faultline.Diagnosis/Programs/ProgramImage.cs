using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Programs;

/// <summary>
/// The binary as one log sees it: printed frames are joined to addresses by function and offset, so the load bias of a PIE does not matter.
/// Without a binary, or with one that does not fit the log, every question has the absent answer.
/// </summary>
internal sealed class ProgramImage(GoBinary? binary, ProgramCode? code, SourceFiles sources)
{
    private readonly Dictionary<FrameLocation, ulong[]> _candidates = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StackTrace, ulong?[]> _stacks = new(ReferenceEqualityComparer.Instance);

    public GoBinary? Binary { get; } = binary;

    /// <summary>Null when there is no code to read.</summary>
    public ProgramCode? Code { get; } = code is { IsAvailable: true } ? code : null;

    public SourceFiles Sources { get; } = sources;

    /// <summary>Difference between run-time and link-time addresses: 0 for a static binary, null when a PIE's log printed no pc.</summary>
    public ulong? LoadBias { get; private set; } = binary is { IsPositionIndependent: false } ? 0UL : null;

    /// <summary>The link-time address that a printed frame stands for (a return address, as printed); null when it cannot be told.</summary>
    public ulong? FindAddress(FrameLocation location) => Candidates(location) is [var only] ? only : null;

    /// <summary>
    /// The same for a frame of a stack. Instantiations of a generic function can share name, offset and line; then the call in the frame
    /// below tells which of them it was.
    /// </summary>
    public ulong? FindAddress(StackTrace stack, int index)
    {
        if (!_stacks.TryGetValue(stack, out var addresses))
        {
            addresses = Resolve(stack);
            _stacks.Add(stack, addresses);
        }

        return addresses[index];
    }

    /// <summary>The run-time address of a printed frame, for the reader: as printed, else as linked and shifted by the bias where that is known.</summary>
    public ulong? FindPc(StackTrace stack, int index)
        => stack.Locations[index].Pc ?? (FindAddress(stack, index) is { } address ? ToRuntime(address) : null);

    /// <summary>Learns the load bias from the frames of a log that print both pc and offset.</summary>
    public void LearnLoadBias(IEnumerable<FrameLocation> locations)
    {
        foreach (var location in locations)
        {
            if (LoadBias is not null)
                return;
            if (location.Pc is { } pc && FindAddress(location) is { } address)
                LoadBias = pc - address;
        }
    }

    /// <summary>The run-time spelling of a link-time address: shifted by the bias where that is known.</summary>
    public ulong ToRuntime(ulong address) => address + (LoadBias ?? 0);

    /// <summary>True for functions outside the main module: the standard library and dependencies. False when the module is unknown.</summary>
    public bool IsLibrary(string function)
    {
        var path = GoPackage.PathOf(function);
        if (path is "main" || Binary?.BuildInfo is not { MainModule.Length: > 0 } build)
            return false;
        return !(path.StartsWith(build.MainModule, StringComparison.Ordinal)
            && (path.Length == build.MainModule.Length || path[build.MainModule.Length] == '/'));
    }

    /// <summary>True when some function of the binary has this frame's name, offset and line.</summary>
    public bool Fits(FrameLocation location) => Candidates(location).Length > 0;

    /// <summary>The same, and the address follows a call instruction there.</summary>
    public bool FitsAsReturn(FrameLocation location)
        => Candidates(location) is { Length: > 0 } candidates && (Code is null || Array.Exists(candidates, address => Code.FindCall(address) is not null));

    private bool Fits(FrameLocation location, ulong address)
        => FitsAt(location, address - 1) || FitsAt(location, address);

    private bool FitsAt(FrameLocation location, ulong address)
    {
        var frames = Binary!.ResolveFrames(address);
        return frames.Count > 0 && frames[^1].Line == location.Line;
    }

    private ulong?[] Resolve(StackTrace stack)
    {
        var addresses = new ulong?[stack.Locations.Count];
        ulong? caller = null;
        for (var i = addresses.Length - 1; i >= 0; i--)
        {
            var location = stack.Locations[i];
            if (location.Kind == FrameKind.Inlined)
                continue;
            var candidates = Candidates(location);
            if (candidates.Length == 1)
                addresses[i] = candidates[0];
            else if (candidates.Length > 1 && caller is { } returnAddress && Code?.FindCall(returnAddress) is { } call)
                addresses[i] = candidates.Where(candidate => StartsAt(candidate, call.Target)).Select(candidate => (ulong?)candidate).FirstOrDefault();
            caller = addresses[i];
        }

        return addresses;
    }

    private bool StartsAt(ulong address, ulong entry)
        => Binary!.TryFindFunction(address - 1, out var function) && function.Entry == entry;

    private ulong[] Candidates(FrameLocation location)
    {
        if (Binary is null || location.Kind != FrameKind.Go || location.Offset is not { } offset)
            return [];
        if (_candidates.TryGetValue(location, out var known))
            return known;
        // A traceback prints runtime.gopanic as the builtin that the program called.
        var found = Binary.FindFunctions(location.Function is "panic" ? "runtime.gopanic" : location.Function)
            .Where(function => offset <= function.End - function.Entry && Fits(location, function.Entry + offset))
            .Select(function => function.Entry + offset)
            .ToArray();
        _candidates.Add(location, found);
        return found;
    }
}
