using Faultline.Binaries.Code;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>
/// Ranks the lines that were sampled inside operations on maps of one type before a death. Samples show what a program does often, not what it did
/// at the moment that counts: no confidence follows from them.
/// </summary>
internal static class SampledLines
{
    /// <summary>How long before the death counts.</summary>
    private const ulong Window = 1_000_000_000;

    private const int MostLines = 16;
    private const int MostGoroutines = 8;

    /// <param name="types">Link-time addresses of the types that the map can have.</param>
    public static IReadOnlyList<SampledLine> Rank(SampledActivity activity, ProgramCode? code, IReadOnlySet<ulong> types, SourceFiles sources)
    {
        if (code is not { IsAvailable: true } || activity.FindDeath() is not { } death)
            return [];
        var lines = new Dictionary<(string Function, int Line, MapOperation Operation), Tally>();
        foreach (var sampled in activity.Operations)
        {
            if (sampled.ProcessId != death.ProcessId || sampled.Time > death.Time || death.Time - sampled.Time > Window)
                continue;
            if (code.FindMapCallSite(sampled.ReturnAddress) is not { } site || (types.Count > 0 && site.Types.Count > 0 && !site.Types.Any(type => types.Contains(type.Address))))
                continue;
            var frame = MapOperations.UserFrame(site);
            var key = (frame.Function, frame.Line, site.Operation);
            if (!lines.TryGetValue(key, out var tally))
                lines[key] = tally = new Tally(sources.Map(frame.File));
            tally.Count++;
            tally.Last = death.Time - sampled.Time;
            if (sampled.Goroutine != 0 && tally.Goroutines.Count < MostGoroutines)
                tally.Goroutines.Add(sampled.Goroutine);
            tally.Threads.Add(sampled.ThreadId);
        }

        return
        [
            .. lines
                .OrderByDescending(line => MapFunctions.IsWrite(MapOperations.Of(line.Key.Operation)))
                .ThenByDescending(line => line.Value.Count)
                .ThenBy(line => line.Value.Last)
                .Take(MostLines)
                .Select(line => new SampledLine(
                    MapOperations.Of(line.Key.Operation),
                    line.Key.Function,
                    line.Value.File,
                    line.Key.Line,
                    line.Value.Count,
                    (long)line.Value.Last,
                    [.. line.Value.Goroutines.Order().Select(id => (long)id)],
                    line.Value.Threads.Count)),
        ];
    }

    private sealed class Tally(string file)
    {
        public string File { get; } = file;

        public int Count { get; set; }

        public ulong Last { get; set; }

        public HashSet<ulong> Goroutines { get; } = [];

        public HashSet<int> Threads { get; } = [];
    }
}
