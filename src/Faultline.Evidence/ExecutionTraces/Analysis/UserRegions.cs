using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>All regions of one name. Times are nanoseconds.</summary>
public sealed class UserRegionTotal
{
    internal UserRegionTotal(string name) => Name = name;

    public string Name { get; }

    /// <summary>Those that began in the trace.</summary>
    public long Count { get; internal set; }

    /// <summary>Those that ended in the trace but began before it.</summary>
    public long BegunBefore { get; internal set; }

    /// <summary>Those that had not ended when their goroutine or the trace did.</summary>
    public long Unfinished { get; internal set; }

    /// <summary>Goroutines with unfinished ones, at most 16.</summary>
    public IReadOnlyList<long> UnfinishedGoroutines => Open;

    /// <summary>Time of those that began and ended in the trace.</summary>
    public long Nanoseconds { get; internal set; }

    public long Longest { get; internal set; }

    internal List<long> Open { get; } = [];
}

/// <summary>Collects regions, which nest within their goroutine.</summary>
internal sealed class UserRegions(DiagnosticLog diagnostics)
{
    private const int MostOpen = 1 << 18;
    private const int KeptIds = 16;

    private readonly Dictionary<long, List<OpenRegion>> _open = [];
    private readonly Dictionary<string, UserRegionTotal> _totals = new(StringComparer.Ordinal);
    private int _openCount;

    public IReadOnlyList<UserRegionTotal> Totals => [.. _totals.Values.OrderByDescending(total => total.Unfinished > 0).ThenByDescending(total => total.Nanoseconds).ThenBy(total => total.Name, StringComparer.Ordinal)];

    public void Begin(in TraceEvent item)
    {
        UserRegionTotal total = Total(item.Generation.String(item.A1));
        total.Count++;
        if (_openCount >= MostOpen)
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyAnnotations, DiagnosticSeverity.Warning, null, $"more than {MostOpen} regions are open at once; those that began later have no end");
            return;
        }

        if (!_open.TryGetValue(item.Goroutine, out List<OpenRegion>? stack))
            _open.Add(item.Goroutine, stack = new List<OpenRegion>(2));
        stack.Add(new OpenRegion(total, item.A0, item.Time));
        _openCount++;
    }

    public void End(in TraceEvent item)
    {
        UserRegionTotal total = Total(item.Generation.String(item.A1));
        ulong task = item.A0;
        int index = _open.TryGetValue(item.Goroutine, out List<OpenRegion>? stack) ? stack.FindLastIndex(region => region.Total == total && region.Task == task) : -1;
        if (index < 0)
        {
            total.BegunBefore++;
            return;
        }

        long span = item.Time - stack![index].Start;
        stack.RemoveAt(index);
        _openCount--;
        if (stack.Count == 0)
            _open.Remove(item.Goroutine);
        total.Nanoseconds += span;
        total.Longest = Math.Max(total.Longest, span);
    }

    /// <summary>A goroutine ended; what it has open stays open for good.</summary>
    public void Abandon(long goroutine)
    {
        if (!_open.Remove(goroutine, out List<OpenRegion>? stack))
            return;
        _openCount -= stack.Count;
        foreach (OpenRegion region in stack)
        {
            region.Total.Unfinished++;
            if (region.Total.Open.Count < KeptIds && !region.Total.Open.Contains(goroutine))
                region.Total.Open.Add(goroutine);
        }
    }

    public void Finish()
    {
        foreach (long goroutine in _open.Keys.Order().ToArray())
            Abandon(goroutine);
    }

    private UserRegionTotal Total(string name)
    {
        if (_totals.TryGetValue(name, out UserRegionTotal? total))
            return total;
        if (_totals.Count >= UserTasks.MostNames)
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyAnnotations, DiagnosticSeverity.Warning, null, $"more than {UserTasks.MostNames} names of regions; later ones count together without a name");
            name = "";
            if (_totals.TryGetValue(name, out total))
                return total;
        }

        _totals.Add(name, total = new UserRegionTotal(name));
        return total;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct OpenRegion(UserRegionTotal Total, ulong Task, long Start);
}
