using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Collects tasks: totals by name, and single tasks up to a limit.</summary>
internal sealed class UserTasks(DiagnosticLog diagnostics)
{
    public const int MostNames = 1 << 14;
    private const int MostOpen = 1 << 17;
    private const int MostKept = 1 << 16;
    private const ulong NoParent = ulong.MaxValue;

    private readonly Dictionary<ulong, UserTask> _open = [];
    private readonly Dictionary<string, UserTaskTotal> _totals = new(StringComparer.Ordinal);
    private readonly List<UserTask> _ended = [];

    public long Count { get; private set; }

    /// <summary>Most time first.</summary>
    public IReadOnlyList<UserTaskTotal> Totals => [.. _totals.Values.OrderByDescending(total => total.Unfinished > 0).ThenByDescending(total => total.Nanoseconds).ThenBy(total => total.Name, StringComparer.Ordinal)];

    /// <summary>The first ones that ended.</summary>
    public IReadOnlyList<UserTask> Ended => _ended;

    /// <summary>Longest first.</summary>
    public IReadOnlyList<UserTask> Unfinished => [.. _open.Values.OrderBy(task => task.Start)];

    public void Begin(in TraceEvent item)
    {
        string name = item.Generation.String(item.A2);
        UserTaskTotal total = Total(name);
        Count++;
        total.Count++;
        total.Unfinished++;
        if (_open.Count < MostOpen)
            _open[item.A0] = new UserTask(item.A0, item.A1 is NoParent or 0 ? null : item.A1, total.Name, item.Time, item.Goroutine);
        else
            diagnostics.Add(AnalysisDiagnostics.TooManyAnnotations, DiagnosticSeverity.Warning, null, $"more than {MostOpen} tasks are open at once; those that began later have no end");
    }

    public void End(in TraceEvent item)
    {
        if (_open.Remove(item.A0, out UserTask? task))
        {
            long span = item.Time - task.Start!.Value;
            UserTaskTotal total = Total(task.Name);
            total.Unfinished--;
            total.Nanoseconds += span;
            total.Longest = Math.Max(total.Longest, span);
        }
        else
        {
            Count++;
            task = new UserTask(item.A0, item.Before is NoParent or 0 ? null : item.Before, item.TaskName ?? "", start: null, item.Goroutine);
            Total(task.Name).Count++;
        }

        task.End = item.Time;
        if (_ended.Count < MostKept)
            _ended.Add(task);
    }

    private UserTaskTotal Total(string name)
    {
        if (_totals.TryGetValue(name, out UserTaskTotal? total))
            return total;
        if (_totals.Count >= MostNames)
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyAnnotations, DiagnosticSeverity.Warning, null, $"more than {MostNames} names of tasks; later ones count together without a name");
            name = "";
            if (_totals.TryGetValue(name, out total))
                return total;
        }

        _totals.Add(name, total = new UserTaskTotal(name));
        return total;
    }
}
