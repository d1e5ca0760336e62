using Faultline.Binaries;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>Reads what the threads of a recording did, in memory for threads and different stacks only: in one pass, or two where only the newest records were kept.</summary>
public static class ThreadTimesReader
{
    /// <param name="recording">The caller keeps and disposes it.</param>
    /// <param name="binary">The recorded program: gives stacks, and tells when a thread leaves its goroutine. Null when it is not at hand: then goroutines are named by their own probes only.</param>
    public static ThreadTimes Read(PerfRecording recording, GoBinary? binary, ThreadTimesOptions? options = null)
    {
        ulong from = recording.KeepsNewestOnly ? CompleteFrom(recording) : 0;
        ThreadTimesBuilder builder = new(recording, options ?? new ThreadTimesOptions(), from);
        if (binary is null)
        {
            using PerfRecordReader reader = recording.OpenReader();
            builder.Losses = reader.Losses;
            while (reader.TryRead(out PerfRecord record))
                builder.Observe(record);
            return builder.Build(samples: null, reader.Losses);
        }

        using SampleReader samples = new(recording, binary, builder.Observe);
        builder.Losses = samples.Losses;
        bool isComplete = from == 0;
        while (samples.TryRead(out SampledStack sample))
        {
            if (isComplete)
            {
                builder.Place(sample);
            }
            else if (sample.Time >= from)
            {
                // What named goroutines so far may have lacked their ends.
                samples.ForgetGoroutines();
                isComplete = true;
            }
        }

        return builder.Build(samples, samples.Losses);
    }

    /// <summary>Known when all is read.</summary>
    private static ulong CompleteFrom(PerfRecording recording)
    {
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
        {
        }

        return reader.Losses.CompleteFrom ?? 0;
    }
}
