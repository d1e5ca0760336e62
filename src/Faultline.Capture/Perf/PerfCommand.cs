using System.Globalization;

namespace Faultline.Capture.Perf;

/// <summary>What <c>perf record</c> is asked for.</summary>
public sealed record PerfCommand
{
    /// <summary>As <c>-e</c> takes them.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Bytes of the ring of each processor, which keeps the newest events; 0 writes all events as they come.</summary>
    public long RingSize { get; init; }

    /// <summary>As <c>--call-graph</c> takes it; null for none.</summary>
    public string? CallGraph { get; init; }

    /// <summary>The process to record, with all that it starts; null records every process.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Records when threads come back to a processor: <c>sched_switch</c> shows it only of those that follow a recorded one.</summary>
    public bool WithReturns { get; init; }

    public required string OutputPath { get; init; }

    /// <summary>The arguments of <c>perf</c>.</summary>
    public IReadOnlyList<string> Arguments(string? controlPath, string? acknowledgePath)
    {
        List<string> arguments = ["record", "-o", OutputPath, "-k", "CLOCK_MONOTONIC", "--sample-cpu", "--no-buildid", "--no-buildid-cache"];
        if (RingSize > 0)
            arguments.AddRange(["--overwrite", "-m", Size(RingSize)]);
        else
            arguments.AddRange(["-m", "8M"]);
        if (CallGraph is not null)
            arguments.AddRange(["--call-graph", CallGraph]);
        if (WithReturns)
            arguments.Add("--switch-events");
        foreach (string name in Events)
            arguments.AddRange(["-e", name]);
        if (controlPath is not null)
            arguments.AddRange([$"--control=fifo:{controlPath},{acknowledgePath}", "-D", "-1"]);
        arguments.AddRange(ProcessId is { } process ? ["-p", process.ToString(CultureInfo.InvariantCulture)] : ["-a"]);
        return arguments;
    }

    // perf takes powers of two of pages only.
    private static string Size(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 64 * 1024)) / 1024}K");
}
