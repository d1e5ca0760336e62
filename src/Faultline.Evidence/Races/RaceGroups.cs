namespace Faultline.Evidence.Races;

/// <summary>Puts reports together whose two sides are the same functions doing the same, in whichever order they came.</summary>
internal sealed class RaceGroups
{
    private readonly Dictionary<(RaceSide, RaceSide), Building> groups = [];
    private readonly List<Building> order = [];

    public long ReportCount { get; private set; }

    public long CutCount { get; private set; }

    /// <summary>Counts a report and puts it into its group; false when there is no room for a further group.</summary>
    public bool Add(RaceReport report)
    {
        ReportCount++;
        CutCount += report.IsCutOff ? 1 : 0;
        (RaceSide first, RaceSide second) = SidesOf(report);
        if (!groups.TryGetValue((first, second), out Building? group))
        {
            if (order.Count >= RaceLimits.GroupCount)
                return false;

            group = new Building(first, second, report.FirstLine);
            groups.Add((first, second), group);
            order.Add(group);
        }

        group.Add(report);
        return true;
    }

    public IReadOnlyList<RaceGroup> Complete() => [.. order.Select(group => group.Complete())];

    private static (RaceSide First, RaceSide Second) SidesOf(RaceReport report)
    {
        RaceSide one = report.Accesses.Count > 0 ? SideOf(report.Accesses[0]) : default;
        RaceSide other = report.Accesses.Count > 1 ? SideOf(report.Accesses[1]) : default;
        return one <= other ? (one, other) : (other, one);
    }

    private static RaceSide SideOf(RaceAccess access)
    {
        string operation = access.Stack.Frames is [{ Function: var innermost }, ..] && innermost.StartsWith("runtime.", StringComparison.Ordinal) ? innermost : access.IsWrite ? "write" : "read";
        return new RaceSide(access.Stack.UserFrame?.Function ?? "", operation);
    }

    private sealed class Building(RaceSide first, RaceSide second, long firstLine)
    {
        private readonly Dictionary<(string, int, string, int), int> indexes = [];
        private readonly List<RacePlace> places = [];
        private readonly HashSet<ulong> addresses = [];
        private long count;
        private long lastLine;

        public void Add(RaceReport report)
        {
            count++;
            lastLine = report.FirstLine;
            if (addresses.Count < RaceLimits.AddressCount)
                addresses.UnionWith(report.Accesses.Take(1).Select(access => access.Address));
            (string, int) left = PlaceOf(report, 0);
            (string, int) right = PlaceOf(report, 1);
            if (string.CompareOrdinal(left.Item1, right.Item1) is var by && (by > 0 || (by == 0 && left.Item2 > right.Item2)))
                (left, right) = (right, left);
            (string, int, string, int) key = (left.Item1, left.Item2, right.Item1, right.Item2);
            if (indexes.TryGetValue(key, out int index))
                places[index] = new RacePlace(places[index].Count + 1, places[index].Example.IsCutOff && !report.IsCutOff ? report : places[index].Example);
            else if (places.Count < RaceLimits.PlaceCount)
            {
                indexes.Add(key, places.Count);
                places.Add(new RacePlace(1, report));
            }
        }

        /// <summary>The user's line; where its frame may be missing, with the stack that started the goroutine, which then tells lines apart.</summary>
        private static (string File, int Line) PlaceOf(RaceReport report, int side)
        {
            if (side >= report.Accesses.Count)
                return ("", 0);
            RaceAccess access = report.Accesses[side];
            RaceFrame? frame = access.Stack.UserFrame;
            string file = frame?.File ?? "";
            if (access.Stack.MayLackFrame && report.GoroutineOf(access) is { } goroutine)
                file = $"{file} {string.Join(' ', goroutine.Created.Frames.Select(creator => $"{creator.File}:{creator.Line}"))}";
            return (file, frame?.Line ?? 0);
        }

        public RaceGroup Complete() => new()
        {
            First = first,
            Second = second,
            Count = count,
            AddressCount = addresses.Count,
            FirstLine = firstLine,
            LastLine = lastLine,
            Places = [.. places.OrderBy(place => place.Example.IsCutOff).ThenByDescending(place => place.Count)],
        };
    }
}
