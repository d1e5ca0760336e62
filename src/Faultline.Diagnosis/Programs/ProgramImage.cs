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
    private readonly Dictionary<FrameLocation, ulong?> _addresses = new(ReferenceEqualityComparer.Instance);

    public GoBinary? Binary { get; } = binary;

    /// <summary>Null when there is no code to read.</summary>
    public ProgramCode? Code { get; } = code is { IsAvailable: true } ? code : null;

    public SourceFiles Sources { get; } = sources;

    /// <summary>Difference between run-time and link-time addresses: 0 for a static binary, null when a PIE's log printed no pc.</summary>
    public ulong? LoadBias { get; private set; } = binary is { IsPositionIndependent: false } ? 0UL : null;

    /// <summary>The link-time address that a printed frame stands for (a return address, as printed); null when it cannot be told.</summary>
    public ulong? FindAddress(FrameLocation location)
    {
        if (Binary is null || location.Kind != FrameKind.Go || location.Offset is not { } offset)
            return null;
        if (_addresses.TryGetValue(location, out var known))
            return known;
        var address = Locate(location, offset);
        _addresses.Add(location, address);
        return address;
    }

    /// <summary>The run-time address of a printed frame, for the reader: as printed, else as linked.</summary>
    public ulong? FindPc(FrameLocation location) => location.Pc ?? FindAddress(location);

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

    /// <summary>True when the code at a printed frame's address has the line that the log prints.</summary>
    public bool Fits(FrameLocation location, ulong address)
        => FitsAt(location, address - 1) || FitsAt(location, address);

    private bool FitsAt(FrameLocation location, ulong address)
    {
        var frames = Binary!.ResolveFrames(address);
        return frames.Count > 0 && frames[^1].Line == location.Line;
    }

    private ulong? Locate(FrameLocation location, ulong offset)
    {
        ulong? found = null;
        foreach (var function in Binary!.FindFunctions(location.Function))
        {
            if (offset > function.End - function.Entry)
                continue;
            var address = function.Entry + offset;
            if (!Fits(location, address))
                continue;
            // Two instantiations of one generic function can share line and offset: then the log cannot tell them apart.
            if (found is not null)
                return null;
            found = address;
        }

        return found;
    }
}
