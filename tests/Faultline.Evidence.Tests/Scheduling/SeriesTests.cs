using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Faultline.Evidence.Scheduling;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>Traces of any length, carried and damaged.</summary>
[Collection(MeasuredMemory.Name)]
public sealed class SeriesTests
{
    private const long MostKept = 48L << 20;

    [Fact]
    public void A_trace_without_end_leaves_a_bounded_series()
    {
        const int Steps = 1_000_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using GeneratedLog log = new(Steps);
        long taken = 0;
        SchedulerSeries series = SchedulerLogReader.Read(log, "-", new SchedulerLogOptions { StepTaken = step => taken += step.Index == taken + 1 ? 1 : 0 });
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < MostKept);

        Assert.Equal((Steps, Steps), (series.StepCount, taken));
        Assert.InRange(series.Steps.Count, 2 * SchedulerLimits.EndStepCount, (2 * SchedulerLimits.EndStepCount) + SchedulerLimits.WorstStepCount);
        Assert.Equal((1, Steps), (series.Steps[0].Index, series.Steps[^1].Index));
        Assert.InRange(series.Buckets.Count, SchedulerLimits.BucketCount / 2, SchedulerLimits.BucketCount);
        Assert.Equal(Steps, series.Buckets.Sum(bucket => bucket.Threads.Count));
        Assert.Equal((1, Steps), (series.Buckets[0].FirstStep, series.Buckets[^1].LastStep));
        Assert.Equal(GeneratedLog.WorstQueue, series.WorstSteps[0].Queued);
        Assert.Equal(GeneratedLog.WorstQueue, series.Buckets.Max(bucket => bucket.Queued.Max));
        Assert.Contains(series.Diagnostics, remark => remark.Id == SchedulerDiagnostics.StepsFolded);
    }

    [Fact]
    public void What_carries_a_trace_changes_nothing()
    {
        string log = ScheduledProgram.Run("1.27", "stuck", "schedtrace=50,scheddetail=1").Log;
        string[] lines = log.TrimEnd('\n').Split('\n');
        SchedulerSeries plain = ReadLines.Series(log);
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(log));

        Same(packed.ToArray(), "gzip");
        Same([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(log)], "UTF-16");
        Same(Each(line => "2026-11-24T01:54:18.123456789Z stderr F " + line), "kubernetes CRI");
        Same(Each(line => $"{{\"log\":\"{line}\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T01:54:18Z\"}}"), "docker json-file");
        Same(Each(line => "web-1  | " + line), "docker compose");
        Same(Encoding.UTF8.GetBytes(log.Replace("\n", "\r\n", StringComparison.Ordinal)), null);

        byte[] Each(Func<string, string> wrap) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => wrap(line) + "\n")));

        void Same(byte[] carried, string? carrier)
        {
            SchedulerSeries series = ReadLines.Series(carried);
            Assert.Equal(carrier, series.Carrier);
            Assert.Equal(plain.Steps.Select(step => (step.Time, step.Queued, step.Detail)), series.Steps.Select(step => (step.Time, step.Queued, step.Detail)));
            Assert.Equal(plain.Findings.Select(finding => finding.Summary), series.Findings.Select(finding => finding.Summary));
        }
    }

    [Fact]
    public void Of_several_streams_one_is_shown_and_the_others_are_named()
    {
        StringBuilder log = new();
        for (int step = 0; step < 10; step++)
        {
            log.Append(CultureInfo.InvariantCulture, $"web-1  | SCHED {step * 10}ms: gomaxprocs=2 idleprocs=2 threads=4 spinningthreads=0 idlethreads=2 runqueue=0 [0 0]\n");
            log.Append(CultureInfo.InvariantCulture, $"db-1   | SCHED {step * 20}ms: gomaxprocs=8 idleprocs=2 threads=9 spinningthreads=0 idlethreads=2 runqueue=0 [0 0 0 0 0 0 0 0]\n");
        }

        SchedulerSeries first = ReadLines.Series(log.ToString());
        Assert.Equal(("web-1", 10, 2), (first.Stream, first.StepCount, first.Steps[0].Header.GoMaxProcs));
        Assert.Contains("db-1", Assert.Single(first.Diagnostics, remark => remark.Id == SchedulerDiagnostics.OtherStreams).Message, StringComparison.Ordinal);
        SchedulerSeries second = ReadLines.Series(log.ToString(), new SchedulerLogOptions { Stream = "db-1" });
        Assert.Equal(("db-1", 10, 8), (second.Stream, second.StepCount, second.Steps[0].Header.GoMaxProcs));
        Assert.Equal(0, ReadLines.Series(log.ToString(), new SchedulerLogOptions { Stream = "nobody" }).StepCount);
    }

    [Fact]
    public void A_restart_begins_anew()
    {
        string run = string.Concat(Enumerable.Range(0, 4).Select(step => string.Create(CultureInfo.InvariantCulture, $"SCHED {step * 10}ms: gomaxprocs=2 idleprocs=0 threads=4 spinningthreads=0 idlethreads=2 runqueue=9 [0 0]\n")));
        Assert.DoesNotContain(ReadLines.Series(run + run).Findings, finding => finding.Kind == SchedulerFindingKinds.ProcessorsSaturated);
        SchedulerSeries series = ReadLines.Series(run + run + run.Replace("SCHED ", "SCHED 9", StringComparison.Ordinal));
        Assert.Equal(SchedulerDiagnostics.TimeGoesBack, Assert.Single(series.Diagnostics).Id);
        Assert.Equal((5, 12), (Assert.Single(series.Findings).FirstStep, Assert.Single(series.Findings).LastStep));
    }

    [Fact]
    public void More_goroutines_than_are_followed_are_counted()
    {
        using MemoryStream log = new();
        using (StreamWriter writer = new(log, leaveOpen: true))
        {
            for (int step = 0; step < 2; step++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"SCHED {step}ms: gomaxprocs=1 idleprocs=0 threads=4 spinningthreads=0 idlethreads=2 runqueue=0 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false\n"));
                for (int id = 1; id <= SchedulerLimits.GoroutineCount + 10; id++)
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"  G{id}: status=4(sleep) m=nil lockedm=nil\n"));
            }
        }

        log.Position = 0;
        SchedulerSeries series = SchedulerLogReader.Read(log, "-");
        Assert.Equal([SchedulerLimits.GoroutineCount + 10, SchedulerLimits.GoroutineCount + 10], series.Steps.Select(step => step.Detail!.Goroutines));
        Assert.Equal(SchedulerDiagnostics.TooManyGoroutines, Assert.Single(series.Diagnostics).Id);
    }

    [Fact]
    public void Damage_leaves_the_rest_and_ends_in_time()
    {
        byte[] whole = Encoding.UTF8.GetBytes(ScheduledProgram.Run(Toolchain.Newest!.Name, "crash", "schedtrace=20,scheddetail=1", 500).Log);
        long steps = ReadLines.Series(whole).StepCount;
        long start = Stopwatch.GetTimestamp();
        long kept = 0;
        for (int index = 0; index < 200; index++)
        {
            SchedulerSeries cut = ReadLines.Series(whole[..(int)((long)whole.Length * index / 200)]);
            Assert.InRange(cut.StepCount, kept, steps);
            kept = cut.StepCount;
        }

        Random random = new(7);
        for (int index = 0; index < 200; index++)
        {
            byte[] flipped = [.. whole];
            flipped[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            Assert.InRange(ReadLines.Series(flipped).StepCount, steps - 1, steps);
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60));
    }

    /// <summary>Plain steps, written as they are read.</summary>
    private sealed class GeneratedLog(int steps) : Stream
    {
        public const int WorstQueue = 977;

        private byte[] _line = [];
        private int _at;
        private int _step;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _line.Length)
            {
                if (_step == steps)
                    return 0;
                StringBuilder text = new();
                for (int end = Math.Min(steps, _step + 1000); _step < end; _step++)
                {
                    int queued = _step == steps / 3 ? WorstQueue : _step % 7;
                    text.Append(CultureInfo.InvariantCulture, $"SCHED {_step * 10L}ms: gomaxprocs=2 idleprocs={_step % 2} threads=4 spinningthreads=0 needspinning=0 idlethreads=2 runqueue={queued} [ 0 0 ] schedticks=[ 1 5 ]\n");
                }

                _line = Encoding.ASCII.GetBytes(text.ToString());
                _at = 0;
            }

            int size = Math.Min(count, _line.Length - _at);
            _line.AsSpan(_at, size).CopyTo(buffer.AsSpan(offset));
            _at += size;
            return size;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
