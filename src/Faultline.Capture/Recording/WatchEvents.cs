using System.Globalization;
using Faultline.Capture.Perf;

namespace Faultline.Capture.Recording;

/// <summary>The events of <see cref="RecordMode.Watch"/>, which exist only once the maps do.</summary>
internal static class WatchEvents
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the maps exist; the command with an event for the write mark of each.</summary>
    /// <param name="plan">Which maps.</param>
    /// <param name="processId">The process that is to hold them.</param>
    /// <param name="planned">The program's file.</param>
    /// <param name="exit">Ends with the process.</param>
    /// <param name="wait">Lets a little time pass.</param>
    /// <exception cref="RecordingUnavailableException">The program ended first, or never made them.</exception>
    public static PerfCommand Add(RecordPlan plan, int processId, FileIdentity? planned, Task exit, Action wait)
    {
        int offset = WatchedMap.MarkOffset(plan.Probes.Target.Layouts)
            ?? throw new RecordingUnavailableException("it is not known where maps of this Go release keep the mark of a write");
        List<string> events = [.. plan.Perf.Events];
        foreach (WatchedMap map in plan.Watched)
            events.Add(string.Create(CultureInfo.InvariantCulture, $"mem:0x{WaitFor(map, plan, processId, planned, exit, wait) + (ulong)offset:x}/1:w:u"));
        return plan.Perf with { Events = events };
    }

    private static ulong WaitFor(WatchedMap map, RecordPlan plan, int processId, FileIdentity? planned, Task exit, Action wait)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            ulong? bias = ProcessImage.FindLoadBias(processId, plan.Probes.Target.Binary, planned);
            if ((bias is not null || map.Address != 0) && map.Find(processId, bias ?? 0) is { } address)
                return address;
            wait();
            if (exit.IsCompleted)
                throw new RecordingUnavailableException($"the program ended before {map.Word} held a map");
            if (Environment.TickCount64 - start > s_limit.TotalMilliseconds)
                throw new RecordingUnavailableException(string.Create(CultureInfo.InvariantCulture, $"{map.Word} held no map after {s_limit.TotalSeconds:0} s"));
        }
    }
}
