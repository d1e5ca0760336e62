using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Runtime.Unwinding;

namespace Faultline.Bench;

/// <summary>Unwinds and symbolises every sample of a recording, from opening the file to the last logical frame.</summary>
internal static class UnwindBenchmark
{
    public static int Run(string[] arguments)
    {
        if (arguments is not [var path, var program])
        {
            Console.Error.WriteLine("usage: Faultline.Bench unwind PERF.DATA BINARY");
            return 64;
        }

        using GoBinary binary = GoBinary.Open(program);
        using PerfRecording recording = PerfRecording.Open(path);
        using SampleReader reader = new(recording, binary);
        Dictionary<UnwindEnd, int> ends = [];
        List<int> logical = [];
        (long samples, long physicalFrames, long logicalFrames) = (0, 0, 0);
        while (reader.TryRead(out SampledStack sample))
        {
            samples++;
            ends[sample.End] = ends.GetValueOrDefault(sample.End) + 1;
            if (sample.Stack < 0)
                continue;
            physicalFrames += reader.Stacks.PlacesOf(sample.Stack).Length;
            while (logical.Count <= sample.Stack)
                logical.Add(CountFrames(reader, logical.Count));
            logicalFrames += logical[sample.Stack];
        }

        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"{samples} samples, {physicalFrames} frames, {logicalFrames} with inlined calls, {reader.Stacks.Count} different stacks of {reader.Frames.LocationCount} places; "
            + $"{string.Join(", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Value} {end.Key}"))}; {process.PeakWorkingSet64 / 1e6:F0} MB");
        return 0;
    }

    /// <summary>Every name and line of every frame is made.</summary>
    private static int CountFrames(SampleReader reader, int stack)
    {
        int count = 0;
        foreach (int place in reader.Stacks.PlacesOf(stack))
        {
            IReadOnlyList<SourceFrame> frames = reader.Frames.FramesOf(place);
            count += Math.Max(1, frames.Count);
        }

        return count;
    }
}
