using System.Globalization;
using Faultline.Evidence.Scheduling;

namespace Faultline.Cli.Sched;

/// <summary>The sparklines of a trace, with the numbers that they show.</summary>
internal static class SeriesLines
{
    private const int LabelWidth = 12;

    // An idle processor is the rule or the exception, so its mean tells most; of the others the peaks do.
    private static readonly (string Label, bool IsMean, Func<StepBucket, StepRange> Select)[] Shown =
    [
        ("idle procs", true, bucket => bucket.IdleProcessors),
        ("queued", false, bucket => bucket.Queued),
        ("threads", false, bucket => bucket.Threads),
        ("goroutines", false, bucket => bucket.Goroutines),
    ];

    public static IEnumerable<(string Label, string Line, string Numbers)> Draw(SchedulerSeries series, int width) =>
        Shown.Select(item => Line(series.Buckets, width, item.Label, item.IsMean, item.Select)).OfType<(string, string, string)>();

    private static (string Label, string Line, string Numbers)? Line(IReadOnlyList<StepBucket> buckets, int width, string label, bool isMean, Func<StepBucket, StepRange> select)
    {
        List<StepRange> ranges = [.. buckets.Select(select)];
        List<StepRange> known = [.. ranges.Where(range => range.Count > 0)];
        if (known.Count == 0)
            return null;
        string line = Sparkline.Draw(ranges.Count, width, (from, to) => Fold(ranges, from, to, isMean));
        string numbers = string.Create(CultureInfo.InvariantCulture, $"{known.Min(range => range.Min)} to {known.Max(range => range.Max)}, mean {known.Sum(range => range.Sum) / known.Sum(range => range.Count):0.#}");
        return (label.PadRight(LabelWidth), line, numbers);
    }

    private static double? Fold(List<StepRange> ranges, int from, int to, bool isMean)
    {
        double sum = 0;
        long count = 0;
        long most = 0;
        for (int index = from; index < to; index++)
        {
            if (ranges[index].Count == 0)
                continue;
            sum += ranges[index].Sum;
            count += ranges[index].Count;
            most = Math.Max(most, ranges[index].Max);
        }

        return count == 0 ? null : isMean ? sum / count : most;
    }
}
