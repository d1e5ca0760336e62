using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>The side of a map fault that the runtime printed: the goroutine that raised it, its line, and the map as far as it is known.</summary>
internal sealed class MapFault
{
    public required GoroutineTrace Goroutine { get; init; }

    public required MapPosition Position { get; init; }

    public required AccessOperation Operation { get; init; }

    /// <summary>The map call that raised the fault; null without a binary.</summary>
    public required MapCallSite? Site { get; init; }

    /// <summary>The types that the map can have: by the code, else by the traceback's arguments; empty when neither tells.</summary>
    public required IReadOnlyList<MapType> Types { get; init; }

    public MapOperand Operand => Site?.Operand ?? MapOperand.Unknown;

    /// <summary>Run-time address of the map when printed without <c>?</c>.</summary>
    public ulong? MapAddress => Position.MapAddress;

    public static MapFault Of(GoroutineTrace goroutine, AccessOperation textOperation, ProgramImage image)
    {
        var position = MapPosition.Of(goroutine, image);
        var site = position.Site;
        var seen = position.MapFrame is { } frame ? MapFunctions.Find(frame.Location.Function) : null;
        return new MapFault
        {
            Goroutine = goroutine,
            Position = position,
            Site = site,
            Types = site is { Types.Count: 1 } ? site.Types : PrintedType(position, image) is { } type ? [type] : site?.Types ?? [],
            Operation = site is not null ? MapOperations.Of(site.Operation) : seen ?? textOperation,
        };
    }

    public Access ToAccess(ProgramImage image, EvidenceBook evidence, string rule, string why, Confidence confidence)
    {
        var ids = new List<int> { evidence.AddHeader(Goroutine) };
        if (Position.UserFrame is { } user)
            ids.Add(evidence.AddFrame(user));
        if (Site is { } site)
            ids.Add(evidence.AddCode(site.CallAddress, CodeText(site)));

        var frame = UserLine;
        var file = image.Sources.Map(frame.File);
        return new Access
        {
            Goroutine = Goroutine.Id,
            Status = Goroutine.Status,
            Operation = Operation,
            Expression = SourceExpression.Restore(Operation, image.Sources.ReadLine(file, frame.Line), MapNames.Variable(Site, frame.Function)),
            Pc = Position.ReturnAddress is { } address ? image.ToRuntime(address) : Site is { } inlinedSite ? image.ToRuntime(inlinedSite.ReturnAddress) : null,
            Function = frame.Function,
            File = file,
            Line = frame.Line,
            Inlined = frame.Inlined,
            Frames = AccessFrames.OfStack(Goroutine.Stack, image),
            CreatedBy = AccessFrames.OfCreation(Goroutine.CreatedBy, image),
            Confidence = confidence,
            Rule = rule,
            Why = why,
            Evidence = ids,
        };
    }

    public SharedObject ToObject()
        => new("map", MapAddress, Types.Count > 0 ? string.Join(" or ", Types.Select(type => type.Name).Take(4)) : null, MapNames.Place(Site));

    public static string CodeText(MapCallSite site)
    {
        var type = site.Types.Count == 0 ? "map type not derivable" : string.Join(" or ", site.Types.Select(candidate => candidate.Name).Take(4));
        return $"call {site.Callee} ({type})";
    }

    /// <summary>The line as printed; only when the stack shows no line of the programmer's does the code speak.</summary>
    private SourceFrame UserLine
    {
        get
        {
            if (Position.UserFrame is { } user)
                return new SourceFrame(user.Location.Function, user.Location.File, user.Location.Line, user.Location.Kind == FrameKind.Inlined, 0);
            return Site is { } site ? MapOperations.UserFrame(site) : new SourceFrame("", "", 0, Inlined: false, 0);
        }
    }

    private static MapType? PrintedType(MapPosition position, ProgramImage image)
    {
        if (position.Arguments.Type is not { } address || image is not { Binary: { } binary, LoadBias: { } bias })
            return null;
        return binary.FindType(address - bias) is { Kind: GoKind.Map } type
            ? new MapType(type.Address, type.Name, NameOf(image, type.KeyAddress), NameOf(image, type.ElementAddress))
            : null;
    }

    private static string NameOf(ProgramImage image, ulong type) => image.Binary!.FindType(type)?.Name ?? "";
}
