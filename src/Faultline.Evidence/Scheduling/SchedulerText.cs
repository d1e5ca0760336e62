using Faultline.Evidence.Carriers;

namespace Faultline.Evidence.Scheduling;

/// <summary>One stream that is read for steps; of one that was not chosen only its headers are counted.</summary>
internal sealed class SchedulerText : IStreamText
{
    private readonly SchedulerLineReader? reader;
    private readonly StepBuilder? builder;

    public SchedulerText(CarriedStream? stream, SchedulerSeriesBuilder? series)
    {
        Stream = stream;
        if (series is null)
            return;
        builder = new StepBuilder(series);
        reader = new SchedulerLineReader(builder);
    }

    /// <summary>Null for the log's own text.</summary>
    public CarriedStream? Stream { get; }

    public SchedulerLineReader? Reader => reader;

    /// <summary>Headers of a stream that was not chosen.</summary>
    public long HeaderCount { get; private set; }

    public bool HasWrappedLines => false;

    public static bool IsHeader(ReadOnlySpan<byte> line) => line.IndexOf("ms: gomaxprocs="u8) > 0;

    public void Add(ReadOnlySpan<byte> line, long number)
    {
        if (reader is null)
            HeaderCount += IsHeader(line) ? 1 : 0;
        else
            reader.Take(line.EndsWith("\r"u8) ? line[..^1] : line, number);
    }

    public void Complete()
    {
        reader?.Complete();
        builder?.Complete();
    }
}
