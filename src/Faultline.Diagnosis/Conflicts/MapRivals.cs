using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>Ranks the other side of a map fault by the rules of docs/verdicts.md: observed goroutines first, then lines that only code knows.</summary>
internal sealed class MapRivals(CrashReport report, MapFault fault, WriteLines lines, ProgramImage image, EvidenceBook evidence)
{
    private const int MostGoroutines = 32;
    private const int MostLines = 64;

    private readonly GoroutineStates _states = new(report.Scheduler);
    private readonly List<Access> _rivals = [];
    private readonly HashSet<WriteLine> _namedLines = [];

    public IReadOnlyList<Access> Find()
    {
        var suspects = Suspects.Find(report, fault.Goroutine, lines, image, _states);
        AddOtherRaisers(suspects);
        var ranked = suspects.All
            .Where(suspect => _rivals.TrueForAll(rival => rival.Goroutine != suspect.Goroutine.Id))
            .Select(suspect => (Suspect: suspect, Rule: RuleFor(suspect)))
            .Where(pair => pair.Rule is not null)
            .OrderBy(pair => RankOf(pair.Rule!))
            .ThenByDescending(pair => pair.Suspect.State)
            .ThenByDescending(pair => pair.Suspect.Position.Arguments.Agreement(fault.Position.Arguments))
            .ThenByDescending(pair => LineOf(pair.Suspect).Identity)
            .ThenBy(pair => pair.Suspect.Goroutine.PrintOrder)
            .Take(MostGoroutines)
            .ToList();
        foreach (var (suspect, rule) in ranked.Where(pair => !IsDoubtful(pair.Suspect)))
            Add(suspect, rule!, suspects);
        AddLines(suspects, line => line.Identity == lines.BestIdentity);
        foreach (var (suspect, rule) in ranked.Where(pair => IsDoubtful(pair.Suspect)))
            Add(suspect, rule!, suspects);
        AddLines(suspects, _ => true);
        return _rivals;
    }

    private static int RankOf(string rule) => rule switch
    {
        Rules.SameMapWrite => 0,
        Rules.AtWrite => 1,
        Rules.RunningReachesWrite => 2,
        _ => 3,
    };

    /// <summary>
    /// A suspect comes after the lines that fit best when its own line fits the map less well, or when it is one of many that come and go
    /// and is not seen at the write: then whoever wrote has more likely ended.
    /// </summary>
    private bool IsDoubtful(Suspect suspect)
        => !IsSameMap(suspect.Position)
            && (LineOf(suspect).Identity < lines.BestIdentity || suspect.IsOneOfMany && suspect.AtLine is null);

    private static WriteLine LineOf(Suspect suspect) => suspect.AtLine ?? suspect.Lines[0];

    private string? RuleFor(Suspect suspect)
    {
        if (IsSameMap(suspect.Position))
            return Rules.SameMapWrite;
        if (HasOtherMap(suspect.Position))
            return null;
        if (suspect.State == GoroutineState.Parked)
            return null;
        if (suspect.AtLine is not null)
            return Rules.AtWrite;
        return suspect.State == GoroutineState.Running ? Rules.RunningReachesWrite : Rules.RunnableReachesWrite;
    }

    private bool IsSameMap(MapPosition position)
        => fault.MapAddress is { } map && position.MapAddress == map && IsInWrite(position);

    /// <summary>A goroutine that is seen inside another map's function cannot have been inside this map's a moment before the stop.</summary>
    private bool HasOtherMap(MapPosition position)
        => fault.MapAddress is { } map && position.MapAddress is { } other && other != map;

    private static bool IsInWrite(MapPosition position)
        => position.MapFrame is { } frame && MapFunctions.Find(frame.Location.Function) is { } operation && MapFunctions.IsWrite(operation);

    /// <summary>Go 1.23 and older let two goroutines raise the fault together; the second one is the first one's rival.</summary>
    private void AddOtherRaisers(Suspects suspects)
    {
        foreach (var raiser in report.Raisers)
        {
            if (raiser == fault.Goroutine || _rivals.Exists(rival => rival.Goroutine == raiser.Id))
                continue;
            var other = MapFault.Of(raiser, AccessOperation.MapWrite, image);
            if (!SharesType(other))
                continue;
            var line = lines.Lines.FirstOrDefault(candidate => other.Site is { } site && candidate.Sites.Any(s => s.CallAddress == site.CallAddress));
            if (image.Code is not null && line is null)
                continue;
            if (line is not null)
                _namedLines.Add(line);
            var same = fault.MapAddress is { } map && other.MapAddress == map;
            _rivals.Add(other.ToAccess(
                image,
                evidence,
                Rules.BothRaised,
                same
                    ? "it raised the same fault at the same moment, on the same map address"
                    : "it raised the same fault at the same moment, on a map of the same type",
                same || suspects.Sole?.Goroutine == raiser || line is { Identity: MapIdentity.SameVariable } ? Confidence.Probable : Confidence.Possible));
        }
    }

    private bool SharesType(MapFault other)
    {
        if (fault.MapAddress is { } a && other.MapAddress is { } b)
            return a == b;
        return fault.Types.Count == 0 || other.Types.Count == 0
            || fault.Types.Any(type => other.Types.Any(candidate => candidate.Address == type.Address));
    }

    private void Add(Suspect suspect, string rule, Suspects suspects)
    {
        var line = LineOf(suspect);
        _namedLines.Add(line);
        var isSole = suspects.Sole == suspect;
        var confidence = rule switch
        {
            Rules.SameMapWrite => Confidence.Probable,
            Rules.AtWrite when line.Identity == MapIdentity.SameVariable || isSole => Confidence.Probable,
            Rules.RunningReachesWrite or Rules.RunnableReachesWrite when isSole => Confidence.Probable,
            _ => Confidence.Possible,
        };

        var goroutine = suspect.Goroutine;
        var ids = new List<int> { evidence.AddHeader(goroutine) };
        if (_states.ThreadOf(goroutine.Id) is { } thread)
            ids.Add(evidence.AddLine(thread.LogLine, string.Create(CultureInfo.InvariantCulture, $"M{thread.Id}: curg={goroutine.Id}")));
        if (suspect.AtLine is not null && suspect.Position.UserFrame is { } user)
            ids.Add(evidence.AddFrame(user));
        else if (goroutine.CreatedBy is { } creation)
            ids.Add(evidence.AddCreation(creation));
        if (rule == Rules.SameMapWrite && suspect.Position.MapFrame is { } mapFrame)
            ids.Add(evidence.AddFrame(mapFrame));
        var access = LineAccess(line, confidence, rule, Why(suspect, rule, line, isSole), ids);
        _rivals.Add(access with
        {
            Goroutine = goroutine.Id,
            Status = goroutine.Status,
            Frames = goroutine.Stack.Locations.Count > 0 ? AccessFrames.OfStack(goroutine.Stack, image) : access.Frames,
            CreatedBy = AccessFrames.OfCreation(goroutine.CreatedBy, image),
        });
    }

    private string Why(Suspect suspect, string rule, WriteLine line, bool isSole)
    {
        var where = rule switch
        {
            Rules.SameMapWrite => "it was inside a write of the same map address when the program died",
            Rules.AtWrite when suspect.Position.IsExact => "it was inside this write, or had just returned from it, when the program died",
            Rules.AtWrite => "it was on this line when the program died",
            Rules.RunningReachesWrite when _states.ThreadOf(suspect.Goroutine.Id) is { } thread => $"it was running on M{thread.Id} when the program died, and its code comes to this write",
            Rules.RunningReachesWrite => "it was running on another thread when the program died, and its code comes to this write",
            _ => "it was ready to run when the program died, and its code comes to this write",
        };
        var choice = suspect.AtLine is null && suspect.Lines.Count > 1 ? $" (one of {suspect.Lines.Count} that it can come to)" : "";
        var circle = isSole ? "; no other goroutine of the log can have written a map of this type" : "";
        return where + choice + IdentityText(line.Identity) + circle;
    }

    private static string IdentityText(MapIdentity identity) => identity switch
    {
        MapIdentity.SameVariable => ", of the same package-level variable",
        MapIdentity.SamePlace => ", of the same field or variable",
        MapIdentity.MayAlias => ", of a map that may be the same under another name",
        _ => "",
    };

    /// <summary>Every line that no goroutine stands for yet: its goroutine is parked again, or gone.</summary>
    private void AddLines(Suspects suspects, Func<WriteLine, bool> wanted)
    {
        if (image.Code is not { } code)
            return;
        var victimIsLibrary = fault.Site is { } site && image.IsLibrary(MapOperations.UserFrame(site).Function);
        var parked = suspects.All.Where(suspect => suspect.State == GoroutineState.Parked)
            .SelectMany(suspect => suspect.Lines.Select(line => (line, suspect)))
            .ToLookup(pair => pair.line, pair => pair.suspect);
        var isOnlyLine = lines.Lines.Count == 1 && !lines.HasUntypedWrites;
        var open = lines.Lines
            .Where(line => wanted(line) && !_namedLines.Contains(line))
            .Select(line => (Line: line, Starters: Starters(line, code)))
            .OrderByDescending(pair => pair.Line.Identity)
            .ThenBy(pair => pair.Line.IsLibrary && !victimIsLibrary)
            .ThenBy(pair => pair.Starters.Statements.Count == 0)
            .ThenBy(pair => pair.Starters.FromMain)
            .ThenByDescending(pair => pair.Starters.Statements.Sum(suspects.CountStartedBy))
            .Take(MostLines);
        foreach (var (line, starters) in open.ToList())
        {
            _namedLines.Add(line);
            var first = starters.Statements.Count > 0 ? starters.Statements[0] : null;
            var access = LineAccess(
                line,
                isOnlyLine && line.Identity >= MapIdentity.SamePlace ? Confidence.Probable : Confidence.Possible,
                Rules.WritesType,
                LineWhy(line, starters, parked[line].ToList(), isOnlyLine),
                []);
            _rivals.Add(access with { CreatedBy = CreatedBy(first) });
        }
    }

    private static (IReadOnlyList<GoStatement> Statements, bool FromMain) Starters(WriteLine line, ProgramCode code)
    {
        var statements = new List<GoStatement>();
        var fromMain = false;
        foreach (var function in line.Functions)
        {
            var (found, main) = code.GoroutinesReaching(function);
            statements.AddRange(found);
            fromMain |= main;
        }

        return (statements.DistinctBy(statement => statement.ReturnAddress).ToList(), fromMain);
    }

    private static string LineWhy(WriteLine line, (IReadOnlyList<GoStatement> Statements, bool FromMain) starters, List<Suspect> parked, bool isOnlyLine)
    {
        var what = isOnlyLine ? "it is the only line of the program that writes a map of this type" : "it writes a map of this type";
        what += IdentityText(line.Identity);
        if (parked.Count > 0)
        {
            var ids = string.Join(", ", parked.Take(4).Select(suspect => suspect.Goroutine.Id)) + (parked.Count > 4 ? ", …" : "");
            return $"{what}; goroutine {ids} ran this code and was parked again when the program died";
        }

        if (starters.Statements.Count > 0)
            return $"{what}; goroutines that run it had ended when the program died, or were not printed";
        return starters.FromMain ? $"{what}; only main and init functions come to it" : $"{what}; what starts it could not be followed";
    }

    private CreatedBy? CreatedBy(GoStatement? statement)
        => statement is { Frames: [var frame, ..] }
            ? new CreatedBy(frame.Function, image.Sources.Map(frame.File), frame.Line, null)
            : null;

    private Access LineAccess(WriteLine line, Confidence confidence, string rule, string why, List<int> ids)
    {
        var site = line.Sites[0];
        ids.Add(evidence.AddCode(site.CallAddress, MapFault.CodeText(site)));
        var file = image.Sources.Map(line.Frame.File);
        var pc = image.ToRuntime(site.ReturnAddress);
        return new Access
        {
            Operation = line.Operation,
            Expression = SourceExpression.Restore(line.Operation, image.Sources.ReadLine(file, line.Frame.Line), MapNames.Variable(site, line.Frame.Function)),
            Pc = pc,
            Function = line.Frame.Function,
            File = file,
            Line = line.Frame.Line,
            Inlined = line.Frame.Inlined,
            Frames = AccessFrames.OfCode(site.Frames, pc, image),
            Confidence = confidence,
            Rule = rule,
            Why = why,
            Evidence = ids,
        };
    }
}
