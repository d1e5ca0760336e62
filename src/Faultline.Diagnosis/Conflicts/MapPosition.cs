using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>Where a goroutine stands, as far as maps are concerned.</summary>
internal sealed class MapPosition
{
    /// <summary>The frame of the programmer's line: the first one that does not merely carry map operations. Null when the stack has none.</summary>
    public TracebackFrame? UserFrame { get; private init; }

    /// <summary>Index of <see cref="UserFrame"/> in the goroutine's frames.</summary>
    public int UserFrameIndex { get; private init; }

    /// <summary>The map call that the goroutine's code shows at its position; null when it stands elsewhere or nothing is known.</summary>
    public MapCallSite? Site { get; private init; }

    /// <summary>
    /// True when the position is exactly the return address of <see cref="Site"/>'s call; false when only function and line agree
    /// (the frame that would carry the address is a hidden wrapper).
    /// </summary>
    public bool IsExact { get; private init; }

    /// <summary>The link-time return address of the user's physical frame; null when unknown.</summary>
    public ulong? ReturnAddress { get; private init; }

    /// <summary>The visible frame of the runtime's map function that the program called, at GOTRACEBACK=system or, for some operations, by default.</summary>
    public TracebackFrame? MapFrame { get; private init; }

    /// <summary>What <see cref="MapFrame"/>'s arguments show.</summary>
    public MapArguments Arguments { get; private init; }

    /// <summary>The map's address; null when not printed or printed with <c>?</c>.</summary>
    public ulong? MapAddress => Arguments.Map;

    public static MapPosition Of(GoroutineTrace goroutine, ProgramImage image)
    {
        var frames = goroutine.Frames;
        TracebackFrame? mapFrame = null;
        MapArguments arguments = default;
        var user = 0;
        for (; user < frames.Count; user++)
        {
            var function = frames[user].Location.Function;
            if (!GoPackage.CarriesMapOperations(function))
                break;
            if (MapFunctions.Find(function) is null)
                continue;
            // The outermost map function is the one that the program called; inner ones may still print the better arguments.
            mapFrame = frames[user];
            var printed = MapFunctions.ReadArguments(frames[user]);
            if (arguments.PrintedMap is null || arguments.Map is null && printed.Map is not null)
                arguments = printed;
        }

        var (site, isExact, address) = FindSite(goroutine.Stack, image);
        return new MapPosition
        {
            UserFrame = user < frames.Count ? frames[user] : null,
            UserFrameIndex = user,
            Site = site,
            IsExact = isExact,
            ReturnAddress = address,
            MapFrame = mapFrame,
            Arguments = arguments,
        };
    }

    private static (MapCallSite? Site, bool IsExact, ulong? Address) FindSite(StackTrace stack, ProgramImage image)
    {
        if (image.Code is not { } code)
            return default;

        var inlined = new List<FrameLocation>();
        for (var i = 0; i < stack.Locations.Count; i++)
        {
            var location = stack.Locations[i];
            if (GoPackage.IsRuntime(location.Function))
                continue;
            if (location.Kind == FrameKind.Inlined)
            {
                inlined.Add(location);
                continue;
            }

            var address = image.FindAddress(stack, i);
            return address is { } known ? (code.FindMapCallSite(known), true, known) : (null, false, null);
        }

        return inlined.Count == 0 ? default : (FindByLines(inlined, code), false, null);
    }

    private static MapCallSite? FindByLines(List<FrameLocation> inlined, ProgramCode code)
        => code.MapCallSites.FirstOrDefault(site =>
            site.Frames.Count >= inlined.Count && inlined.Select((location, i) => IsSame(location, site.Frames[i])).All(same => same));

    private static bool IsSame(FrameLocation printed, SourceFrame frame)
        => printed.Line == frame.Line && PrintedName.Matches(printed.Function, frame.Function);
}
