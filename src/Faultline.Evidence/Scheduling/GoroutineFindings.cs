namespace Faultline.Evidence.Scheduling;

/// <summary>Findings about goroutines that were seen in one state at each of the last steps: in groups by what they wait for, most telling first.</summary>
internal static class GoroutineFindings
{
    /// <summary>Fewer steps say nothing.</summary>
    public const int LeastSteps = 5;

    private const int ShownIds = 16;

    public static IEnumerable<SchedulerFinding> Find(SchedulerSeriesBuilder series, bool isCut)
    {
        SchedulerStep? last = isCut ? series.BeforeLastGoroutines : series.LastGoroutines;
        if (last is null)
            yield break;
        long round = series.Goroutines.Round - (isCut ? 1 : 0);
        IReadOnlyList<UnchangedGoroutine> all = series.Goroutines.Unchanged(round, LeastSteps, out long changed);
        List<UnchangedGoroutine> usual = [];
        var groups = all
            .Where(item => item.Status is GoroutineStatus.Waiting or GoroutineStatus.Syscall)
            .GroupBy(item => (item.Status, item.Reason))
            .Select(group => (Class: group.Key.Status == GoroutineStatus.Waiting ? WaitClasses.Of(group.Key.Reason) : (WaitClass?)null, Items: group.OrderBy(item => item.Id).ToList()))
            .OrderBy(group => group.Class ?? WaitClass.Patient)
            .ThenByDescending(group => group.Items.Max(item => item.Rounds))
            .ThenBy(group => group.Items[0].Id);
        foreach ((WaitClass? kind, List<UnchangedGoroutine> items) in groups)
        {
            if (kind is WaitClass.Patient or WaitClass.Runtime)
                usual.AddRange(items);
            else
                yield return Describe(items, kind, last, changed);
        }

        if (usual.Count > 0)
            yield return DescribeUsual(usual, last);
    }

    private static SchedulerFinding Describe(List<UnchangedGoroutine> items, WaitClass? kind, SchedulerStep last, long changed)
    {
        UnchangedGoroutine longest = items.MaxBy(item => item.Rounds)!;
        UnchangedGoroutine shortest = items.MinBy(item => item.Rounds)!;
        string reason = items[0].Reason;
        string state = kind is null ? "in a system call or C code" : $"waiting in '{reason}'";
        string since = longest.Rounds == shortest.Rounds
            ? $"the last {longest.Rounds} detailed steps"
            : $"the last {shortest.Rounds} to {longest.Rounds} detailed steps";
        string others = changed == 0 ? "No other goroutine changed in that time" : $"{Count(changed, "other goroutine")} did change";
        return new SchedulerFinding(
            kind is null ? SchedulerFindingKinds.GoroutinesInSyscall : SchedulerFindingKinds.GoroutinesUnchanged,
            $"{Count(items.Count, "goroutine")} ({Ids(items)}) did not change for {last.Time - longest.SinceTime} ms: {state} at {since}, from step {longest.SinceStep} to {last.Index}. {others}. {Caution(kind, reason)}")
        {
            FirstStep = longest.SinceStep,
            LastStep = last.Index,
            FirstTime = longest.SinceTime,
            LastTime = last.Time,
            Reason = kind is null ? null : reason,
            Goroutines = [.. items.Take(ShownIds).Select(item => item.Id)],
            Numbers = [new("goroutines", items.Count), new("steps", longest.Rounds), new("fewestSteps", shortest.Rounds), new("milliseconds", last.Time - longest.SinceTime), new("othersChanged", changed)],
        };
    }

    private static SchedulerFinding DescribeUsual(List<UnchangedGoroutine> items, SchedulerStep last)
    {
        UnchangedGoroutine longest = items.MaxBy(item => item.Rounds)!;
        long own = items.Count(item => WaitClasses.Of(item.Reason) == WaitClass.Runtime);
        var patient = items.Where(item => WaitClasses.Of(item.Reason) != WaitClass.Runtime).GroupBy(item => item.Reason, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal);
        IEnumerable<string> parts = [.. patient.Select(group => $"{group.Count()} in '{group.Key}'"), .. own > 0 ? (string[])[$"{own} of the runtime's own"] : []];
        return new SchedulerFinding(SchedulerFindingKinds.GoroutinesWaitUsually, $"{Count(items.Count, "goroutine")} did not change either, as is normal for their waits: {string.Join(", ", parts)}.")
        {
            IsUsual = true,
            FirstStep = longest.SinceStep,
            LastStep = last.Index,
            FirstTime = longest.SinceTime,
            LastTime = last.Time,
            Goroutines = [.. items.Select(item => item.Id).Order().Take(ShownIds)],
            Numbers = [new("goroutines", items.Count), new("runtime", own)],
        };
    }

    private static string Caution(WaitClass? kind, string reason) => kind switch
    {
        null => "A blocking call holds a thread each; a program that listens for signals has one such goroutine always.",
        WaitClass.Endless when reason.StartsWith("select", StringComparison.Ordinal) => "A select without cases never ends, and is often meant: it keeps main alive.",
        WaitClass.Endless => "Nothing wakes a goroutine that waits on a nil channel.",
        WaitClass.Lock => "It may have run between two steps; if not, whoever holds the lock, or owes the signal, kept it waiting.",
        _ => "It may have run between two steps, and idle workers wait like this; if it is not one, its other side did not come.",
    };

    private static string Ids(List<UnchangedGoroutine> items)
    {
        const int Shown = 6;
        string ids = string.Join(", ", items.Take(Shown).Select(item => item.Id));
        return items.Count > Shown ? $"{ids} and {items.Count - Shown} more" : ids;
    }

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
