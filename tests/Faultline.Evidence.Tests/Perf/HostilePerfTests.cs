using System.Diagnostics;
using System.Globalization;
using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Scripts;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>Damage and malice: recordings that are cut, flipped or lie about their sizes give what can be read, in bounded memory and time.</summary>
public sealed class HostilePerfTests(Recorder recorder)
{
    private const long AllocationLimit = 600L << 20;
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(10);
    private static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double value) ? value : 0.5;
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 20261126;

    public static TheoryData<string> Recordings => ["small", "small-packed", "small-pipe", "small-stacks"];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Cut_anywhere_the_rest_is_read(string name)
    {
        byte[] bytes = File.ReadAllBytes(recorder[name]);
        long whole = Touch(bytes);
        Assert.True(whole > 20, $"{whole} samples");
        long before = 0;
        for (int place = 0; place < 200; place++)
        {
            long samples = Touch(bytes[..(int)((long)bytes.Length * place / 200)]);
            Assert.InRange(samples, before, whole);
            before = samples;
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Flipped_bits_are_survived(string name)
    {
        byte[] original = File.ReadAllBytes(recorder[name]);
        Random random = new(11);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = [.. original];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Touch(bytes);
        }
    }

    /// <summary>One fuzz target a kind of recording: runs for a moment here, and for as long as <c>FAULTLINE_FUZZ_SECONDS</c> says (<c>eng/fuzz.sh</c>).</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Fuzz(string name)
    {
        byte[] original = File.ReadAllBytes(recorder[name]);
        Random random = new(s_seed);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < s_seconds; round++)
        {
            byte[] bytes = Mutate([.. original], random);
            Exception? failure = Xunit.Record.Exception(() => Touch(bytes));
            if (failure is null)
                continue;
            string kept = Path.Combine(Path.GetTempPath(), $"faultline-fuzz-perf-{name}-{s_seed}-{round}");
            File.WriteAllBytes(kept, bytes);
            Assert.Fail($"seed {s_seed}, round {round}, kept as {kept}: {failure}");
        }
    }

    [Fact]
    public void Fuzz_of_printed_samples()
    {
        byte[] original = Encoding.UTF8.GetBytes(Recorder.Run("perf", ["script", "--header", "-i", recorder["small"]]));
        Random random = new(s_seed);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < s_seconds; round++)
        {
            PerfScriptReader reader = new(new StringReader(Encoding.Latin1.GetString(Mutate([.. original], random))), "-");
            while (reader.Read() is { } sample)
                Assert.True(sample.Line > 0 && sample.TryReadProbe(out _) == ProbeName.TryParse(sample.Event, out _), $"seed {s_seed}, round {round}");
        }
    }

    [Theory]
    [InlineData(SampleFields.CallChain)]
    [InlineData(SampleFields.Raw)]
    [InlineData(SampleFields.BranchStack)]
    [InlineData(SampleFields.UserStack)]
    [InlineData(SampleFields.CounterValues)]
    public void A_count_without_end_costs_one_record(SampleFields part)
    {
        const SampleFields fields = SampleFields.Identifier | SampleFields.Time;
        foreach (ulong count in (ulong[])[ulong.MaxValue, 1UL << 63, 1UL << 61, int.MaxValue, 3])
        {
            // The size of raw data has only 32 bits.
            ulong written = part == SampleFields.Raw ? count | 0xff00 : count;
            RecordingBuilder builder = new RecordingBuilder().Event(fields | part, readFormat: 1 << 3);
            builder.Record(PerfRecordType.Sample, 2, 0UL, 5UL, written, 1UL);
            using PerfRecording recording = builder.Open();
            using PerfRecordReader reader = recording.OpenReader();
            Assert.True(reader.TryRead(out PerfRecord record));
            Assert.False(record.TryReadSample(out _));
            Assert.Equal((1L, PerfDiagnostics.ShortRecord), (reader.Losses.BrokenRecordCount, Assert.Single(recording.Diagnostics).Id));
        }
    }

    [Fact]
    public void Counts_of_the_header_are_capped()
    {
        byte[] file = new RecordingBuilder().Event().Sample(0, 1).ToFile();
        // Sizes of the header's sections, and of one event's ids.
        foreach (int place in (int[])[8, 16, 24, 32, 40, 48, 104 + 128, 104 + 136])
        {
            foreach (ulong number in (ulong[])[ulong.MaxValue, long.MaxValue, 1UL << 40, 0x7fffffff, 65])
            {
                byte[] bytes = [.. file];
                BitConverter.TryWriteBytes(bytes.AsSpan(place), number);
                Touch(bytes);
            }
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(11)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    public void Sections_that_lie_about_their_counts_count_as_absent(int feature)
    {
        byte[] wild = [.. Enumerable.Repeat((byte)0xff, 64)];
        RecordingBuilder builder = new RecordingBuilder().Event().Record(PerfRecordType.HeaderFeature, 0, (ulong)feature, wild).Sample(0, 1);
        List<ulong> times = PerfRecordingTests.Times(builder, feature == 1 ? PerfDiagnostics.BrokenFormat : PerfDiagnostics.BrokenFeature);
        Assert.Equal([1], times);
    }

    [Fact]
    public void Samples_that_never_come_to_rest_are_held_up_to_a_limit()
    {
        // A file without round marks, as an overwritten ring leaves: all of it waits.
        byte[] sample = RecordingBuilder.SampleBytes(0, 1);
        byte[] many = new byte[sample.Length * 300_000];
        Random random = new(5);
        for (int index = 0; index < 300_000; index++)
        {
            sample.CopyTo(many, index * sample.Length);
            BitConverter.TryWriteBytes(many.AsSpan((index * sample.Length) + 32), (ulong)random.Next(1, int.MaxValue));
        }

        Assert.Equal(300_000, Touch(new RecordingBuilder().Event().Raw(many).ToFile()));
    }

    [Fact]
    public void Packed_records_that_unpack_to_far_more_stay_in_bounds()
    {
        using ZstdSharp.Compressor compressor = new();
        byte[] samples = [.. Enumerable.Repeat(RecordingBuilder.SampleBytes(0, 1), 200_000).SelectMany(bytes => bytes)];
        RecordingBuilder builder = new RecordingBuilder().Event();
        for (int round = 0; round < 20; round++)
            builder.Packed(compressor, samples).Round();
        Assert.Equal(20 * 200_000, Touch(builder.ToFile()));
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (int changes = 1 + random.Next(8); changes > 0; changes--)
        {
            // Half of the changes hit headers and descriptions, which lie at the start.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 2048) : bytes.Length);
            int size = Math.Min(bytes.Length - at, 1 + random.Next(16));
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(at, size).Fill((byte)(random.Next(2) * 0xff));
                    break;
                default:
                    bytes.AsSpan(random.Next(bytes.Length - size), size).CopyTo(bytes.AsSpan(at));
                    break;
            }
        }

        return random.Next(16) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    // Reads all there is; returns how many samples could be taken apart.
    private static long Touch(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        long samples = 0;
        try
        {
            using PerfRecording recording = PerfRecording.Open(stream, "damaged");
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out PerfRecord record))
                samples += Touch(record);
            _ = (recording.Features.ToString(), recording.Clock.ToWallClock(reader.LastSampleTime ?? 0), reader.Losses.IsNone);
            Assert.All(recording.Diagnostics, remark => Assert.Matches("^PERF01[0-9]{2}$", remark.Id));
            Assert.InRange(samples, 0, reader.SampleCount);
        }
        catch (MalformedDataException)
        {
            samples = 0;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, AllocationLimit);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_timeLimit);
        return samples;
    }

    private static long Touch(in PerfRecord record)
    {
        _ = (record.TryReadMapping(out _), record.TryReadThreadName(out _), record.TryReadThreadLife(out _), record.TryReadSwitch(out _), record.TryReadNamespaces(out _), record.TryReadLoss(out _), record.Origin);
        if (!record.TryReadSample(out PerfSample sample))
            return 0;
        _ = (record.TryReadProbe(out _), record.TryReadThreadSwitch(out _), record.TryReadThreadWakeup(out _), record.TryReadFutexCall(out _));
        foreach (TracepointField field in record.Event!.Format?.Fields ?? [])
        {
            field.ReadNumber(sample.Raw);
            field.ReadText(sample.Raw);
        }

        ulong[] copies = [.. sample.CallChain, .. sample.Branches];
        byte[] stack = sample.UserStack.ToArray();
        for (int number = -1; number < 65; number++)
            sample.UserRegisters.TryGet(number, out _);
        return Math.Min(1, 1 + copies.Length + stack.Length);
    }
}
