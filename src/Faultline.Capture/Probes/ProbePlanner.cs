using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Probing;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>Collects the probes of one plan.</summary>
internal sealed class ProbePlanner(ProbeTarget target)
{
    /// <summary>Each event costs a descriptor on each processor. Beyond this many of a kind, places that fetch alike share one event.</summary>
    private const int MostEventsOfKind = 16;

    private readonly ProbeFetches _fetches = new(target);
    private readonly List<ProbePoint> _points = [];
    private readonly HashSet<ulong> _addresses = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _gaps = [];

    /// <summary>Fetch g itself too, which samples show in its register: it ties them to goroutine ids.</summary>
    public bool FetchesG { get; init; }

    public ProbeFetches Fetches => _fetches;

    public ProbePlan Build(string group, string mapType, bool writesAreComplete) =>
        new(group, target, Number(), new ProbeCoverage(writesAreComplete, mapType, _gaps), _notes);

    public void AddNote(string note) => _notes.Add(note);

    public void AddGap(string gap) => _gaps.Add(gap);

    public bool IsProbed(ulong address) => _addresses.Contains(address);

    /// <summary>Probes all map functions; false when one that writes cannot be probed.</summary>
    public bool AddMapFunctions()
    {
        bool isComplete = true;
        IReadOnlyList<MapFunction> functions = MapFunctions.FindAll(target.Binary);
        foreach (MapFunction map in functions)
        {
            bool isAdded = AddFunction(KindOf(map.Operation), map.Function, map.Arguments.Count, site =>
            [
                .. _fetches.Map(map.Arguments),
                _fetches.ReturnAddress(site),
                .. map.HasWrappers ? (IEnumerable<string>)[_fetches.CallersReturnAddress(site)] : [],
            ]);
            if (isAdded)
                continue;
            AddGap($"{map.Function.Name} cannot be probed");
            isComplete &= map.Operation is MapOperation.Read or MapOperation.Iterate or MapOperation.Clone;
        }

        if (functions.Count == 0)
            AddGap("the program has no map functions");
        return isComplete && functions.Count > 0;
    }

    /// <summary>Probes how the program dies, and what ends a goroutine's stay in a map function: that it parks, or is over.</summary>
    public void AddEnds()
    {
        AddNamed(ProbeKind.Fatal, "runtime.fatal", 0, site => [_fetches.ReturnAddress(site)]);
        AddNamed(ProbeKind.Throw, "runtime.throw", 0, site => [_fetches.ReturnAddress(site)]);
        AddNamed(ProbeKind.Panic, "runtime.fatalpanic", 0, site => [_fetches.ReturnAddress(site)]);
        AddNamed(ProbeKind.Park, "runtime.gopark", 3, _ => [_fetches.Argument("detail", 2, "u8")]);
        AddNamed(ProbeKind.Exit, "runtime.goexit1", 0, _ => []);
    }

    /// <summary>Probes every function of this name; false when there is none.</summary>
    public bool AddNamed(ProbeKind kind, string name, int argumentCount, Func<ProbeSite, IEnumerable<string>> fetches)
    {
        bool isAdded = false;
        foreach (FuncInfo function in ProbeSites.FindFunctions(target.Binary, name))
            isAdded |= AddFunction(kind, function, argumentCount, fetches);
        return isAdded;
    }

    /// <summary>Probes a function where its arguments are still alive; false when its code lies in no executable part of the file.</summary>
    public bool AddFunction(ProbeKind kind, FuncInfo function, int argumentCount, Func<ProbeSite, IEnumerable<string>> fetches)
    {
        if (ProbeSites.FindEntry(target.Binary, function, argumentCount) is not { } site || target.FileOffset(site.Address) is not { } offset)
            return false;
        if (!_addresses.Add(site.Address))
            return true;
        if (!site.IsEmulated)
            AddNote($"{function.Name} has no instruction that the kernel emulates before its arguments are gone; a hit is single-stepped there and costs about ten times as much");
        _points.Add(new ProbePoint
        {
            Kind = kind,
            Index = 0,
            Address = site.Address,
            FileOffset = offset,
            Function = function.Name,
            IsEmulated = site.IsEmulated,
            Fetches = [_fetches.Goroutine, .. fetches(site), .. FetchesG ? (IEnumerable<string>)[_fetches.G] : []],
        });
        return true;
    }

    /// <summary>Probes a call of a map function, and the first cheap instruction behind it; false when the call cannot be probed.</summary>
    public bool AddCallSite(MapCallSite site)
    {
        if (MapFunctions.FindArguments(site.Callee) is not { } arguments || target.FileOffset(site.CallAddress) is not { } offset)
            return false;
        if (!_addresses.Add(site.CallAddress))
            return true;
        string place = site.Frames is [{ } line, ..] ? string.Create(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}") : "";
        _points.Add(new ProbePoint
        {
            Kind = KindOf(site.Operation),
            Index = 0,
            Address = site.CallAddress,
            FileOffset = offset,
            Function = site.Callee,
            Place = place,
            IsCallSite = true,
            IsEmulated = true,
            Fetches = [_fetches.Goroutine, .. _fetches.Map(arguments)],
        });
        return true;
    }

    /// <summary>Probes an instruction of the program, which is single-stepped unless the kernel emulates it; false when it lies in no executable part of the file.</summary>
    public bool AddInstruction(ProbeKind kind, ulong address, IReadOnlyList<SourceFrame> frames, IEnumerable<string> fetches, IReadOnlyList<FetchedSlice>? slices = null)
    {
        if (target.FileOffset(address) is not { } offset)
            return false;
        if (!_addresses.Add(address))
            return true;
        _points.Add(new ProbePoint
        {
            Kind = kind,
            Index = 0,
            Address = address,
            FileOffset = offset,
            Function = frames is [{ } first, ..] ? first.Function : "",
            Place = frames is [{ } line, ..] ? string.Create(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}") : null,
            IsCallSite = true,
            Fetches = [_fetches.Goroutine, .. fetches],
            Slices = slices ?? [],
        });
        return true;
    }

    /// <summary>Probes the first cheap instruction behind a call, if there is one that is not probed already.</summary>
    public void AddDone(MapCallSite site)
    {
        if (ProbeSites.FindFrom(target.Binary, site.ReturnAddress) is not { } address || target.FileOffset(address) is not { } offset || !_addresses.Add(address))
            return;
        _points.Add(new ProbePoint
        {
            Kind = ProbeKind.Done,
            Index = 0,
            Address = address,
            FileOffset = offset,
            Function = site.Callee,
            Place = site.Frames is [{ } line, ..] ? string.Create(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}") : null,
            IsCallSite = true,
            IsEmulated = true,
            Fetches = [_fetches.Goroutine],
        });
    }

    public static ProbeKind KindOf(MapOperation operation) => operation switch
    {
        MapOperation.Read => ProbeKind.MapRead,
        MapOperation.Write => ProbeKind.MapWrite,
        MapOperation.Delete => ProbeKind.MapDelete,
        MapOperation.Iterate => ProbeKind.MapIterate,
        MapOperation.Clear => ProbeKind.MapClear,
        _ => ProbeKind.MapClone,
    };

    private List<ProbePoint> Number()
    {
        List<ProbePoint> numbered = [];
        foreach (IGrouping<ProbeKind, ProbePoint> kind in _points.GroupBy(point => point.Kind))
        {
            // All places of an event have to fetch the same, in the same order.
            bool isShared = kind.Count() > MostEventsOfKind;
            Dictionary<string, int> events = new(StringComparer.Ordinal);
            foreach (ProbePoint point in kind)
            {
                string key = isShared ? string.Join(' ', point.Fetches) : string.Create(CultureInfo.InvariantCulture, $"{point.Address}");
                if (!events.TryGetValue(key, out int index))
                    events.Add(key, index = events.Count);
                numbered.Add(point with { Index = index });
            }
        }

        return numbered;
    }
}
