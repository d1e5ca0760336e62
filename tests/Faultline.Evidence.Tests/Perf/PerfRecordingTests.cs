using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Records;
using ZstdSharp;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>Single rules of the format, on recordings written for them.</summary>
public sealed class PerfRecordingTests
{
    [Fact]
    public void Rounds_put_samples_in_the_order_of_time()
    {
        RecordingBuilder builder = new RecordingBuilder().Event().Event()
            .Sample(0, 30).Sample(100, 10).Round()
            .Sample(1, 40).Sample(101, 20).Sample(0, 35).Round()
            .Sample(0, 41).Sample(0, 39);
        Assert.Equal([10, 20, 30, 35, 39, 40, 41], Times(builder));
    }

    [Fact]
    public void Equal_times_keep_the_order_of_the_file()
    {
        RecordingBuilder builder = new RecordingBuilder().Event();
        for (int thread = 0; thread < 100; thread++)
            builder.Sample(0, (ulong)(thread % 3) + 1, thread);
        List<int> threads = [];
        using PerfRecording recording = builder.Open();
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            Assert.True(record.TryReadSample(out PerfSample sample));
            threads.Add(sample.ThreadId);
        }

        Assert.Equal(Enumerable.Range(0, 100).OrderBy(thread => thread % 3), threads);
    }

    [Fact]
    public void Every_part_of_a_sample_in_the_order_of_the_kernel()
    {
        const SampleFields fields = (SampleFields)((1 << 25) - 1) & ~SampleFields.WeightStructure;
        RecordingBuilder builder = new RecordingBuilder().Event(fields, branchFields: 1 << 17, registers: 0b1000_0001, readFormat: 0b1_1111);
        builder.Record(
            PerfRecordType.Sample,
            2,
            0UL, 0x401000UL, 5, 6, 77UL, 0xadd4UL, 0UL, 0x57UL, 3UL, 1234UL,
            2UL, 1UL, 2UL, 11UL, 12UL, 13UL, 21UL, 22UL, 23UL,
            3UL, CallChainContext.User, 0x401000UL, 0x402000UL,
            4, new byte[] { 1, 2, 3, 4 },
            1UL, 99UL, 0xf0UL, 0xf1UL, 0xf2UL,
            2UL, 0x10UL, 0x17UL,
            16UL, new byte[16], 12UL,
            0xe1UL, 0xe2UL, 0xe3UL,
            0UL,
            0xe4UL, 0xe5UL, 0xe6UL, 0xe7UL,
            8UL, new byte[8]);
        using PerfRecording recording = builder.Open();
        using PerfRecordReader reader = recording.OpenReader();
        Assert.True(reader.TryRead(out PerfRecord record));
        Assert.True(record.TryReadSample(out PerfSample sample));
        Assert.Equal((0x401000UL, 5, 6, 77UL, 0xadd4UL, 3, 1234UL), (sample.InstructionPointer, sample.ProcessId, sample.ThreadId, sample.Time, sample.DataAddress, sample.Cpu, sample.Period));
        Assert.Equal([CallChainContext.User, 0x401000UL, 0x402000UL], sample.CallChain.ToArray());
        Assert.Equal([1, 2, 3, 4], sample.Raw.ToArray());
        Assert.Equal([0xf0UL, 0xf1UL, 0xf2UL], sample.Branches.ToArray());
        Assert.True(sample.UserRegisters.TryGet(7, out ulong stackPointer));
        Assert.Equal(0x17UL, stackPointer);
        Assert.False(sample.UserRegisters.TryGet(1, out _));
        Assert.Equal(12, sample.UserStack.Length);
        Assert.Equal((0xe1UL, 0xe2UL, 0xe3UL, 0xe4UL, 0xe5UL), (sample.Weight, sample.DataSource, sample.Transaction, sample.PhysicalAddress, sample.ControlGroupId));
        Assert.True(sample.InterruptRegisters.IsEmpty);
        Assert.Empty(recording.Diagnostics);
    }

    [Fact]
    public void Packed_records_of_the_newer_form_are_one_stream()
    {
        using Compressor compressor = new();
        byte[][] samples = [.. Enumerable.Range(1, 3000).Select(number => RecordingBuilder.SampleBytes(0, (ulong)number))];
        // Cut in the middle of a record, as the end of a ring buffer cuts.
        byte[] all = [.. samples.SelectMany(bytes => bytes)];
        RecordingBuilder builder = new RecordingBuilder().Event().Packed(compressor, all[..1001]).Round().Packed(compressor, all[1001..70_000]).Packed(compressor, all[70_000..]).Round();
        Assert.Equal(Enumerable.Range(1, 3000).Select(number => (ulong)number), Times(builder));
    }

    [Fact]
    public void Damage_to_packed_records_ends_them_alone()
    {
        using Compressor compressor = new();
        RecordingBuilder builder = new RecordingBuilder().Event()
            .Packed(compressor, RecordingBuilder.SampleBytes(0, 1)).Round()
            .Record(PerfRecordType.Compressed2, 0, 16UL, Enumerable.Repeat((byte)255, 16).ToArray())
            .Packed(compressor, RecordingBuilder.SampleBytes(0, 2))
            .Sample(0, 3);
        Assert.Equal([1, 3], Times(builder, PerfDiagnostics.DamagedCompression));
    }

    [Fact]
    public void A_broken_record_costs_what_lies_up_to_the_next_mark()
    {
        RecordingBuilder builder = new RecordingBuilder().Event()
            .Sample(0, 1).Round().Sample(0, 2)
            .Raw([9, 0, 0, 0, 2, 0, 3, 0]).Sample(0, 3).Round().Sample(0, 4);
        Assert.Equal([1, 2, 4], Times(builder, PerfDiagnostics.BrokenRecord));
    }

    [Fact]
    public void A_sample_with_an_unknown_id_is_dropped()
    {
        RecordingBuilder builder = new RecordingBuilder().Event().Event().Sample(0, 1).Sample(777, 2).Sample(101, 3);
        Assert.Equal([1, 3], Times(builder, PerfDiagnostics.UnknownId));
    }

    [Fact]
    public void Losses_are_placed_between_the_records_around_them()
    {
        RecordingBuilder builder = new RecordingBuilder().Event().Sample(0, 10, cpu: 1).Sample(0, 20, cpu: 0).Sample(0, 30, cpu: 1)
            .Record(PerfRecordType.Lost, 0, 0UL, 12UL, 5, 6, 40UL, 1UL, 0UL)
            .Record(PerfRecordType.LostSamples, 0, 15UL, 0, 0, 0UL, 0UL, 0UL);
        using PerfRecording recording = builder.Open();
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
            continue;
        Assert.Equal([new RecordingGap(30, 40, 1, 12)], reader.Losses.Gaps);
        Assert.Equal((12UL, 15UL, true, false), (reader.Losses.LostRecordCount, reader.Losses.LostSampleCount, reader.Losses.HasUnplacedLoss, reader.Losses.IsNone));
        Assert.Equal((10UL, 30UL, 3L), (reader.FirstSampleTime, reader.LastSampleTime, reader.SampleCount));
    }

    [Fact]
    public void A_cut_file_is_complete_up_to_the_round_before_the_last()
    {
        byte[] file = new RecordingBuilder().Event().Sample(0, 10).Round().Sample(0, 20).Round().Sample(0, 30).Sample(0, 40).ToFile();
        using PerfRecording recording = RecordingBuilder.Open(file[..^20]);
        Assert.True(recording.IsUnfinished);
        using PerfRecordReader reader = recording.OpenReader();
        List<ulong> times = [];
        while (reader.TryRead(out PerfRecord record))
            times.Add(record.Time);
        Assert.Equal([10, 20, 30], times);
        Assert.Equal(10UL, reader.Losses.CompleteUntil);
        Assert.False(reader.Losses.IsNone);
        Assert.Equal([PerfDiagnostics.Truncated, PerfDiagnostics.Truncated], recording.Diagnostics.Select(remark => remark.Id));
    }

    [Theory]
    [InlineData("2ELIFREP________", "big-endian")]
    [InlineData("PERFFILE________", "2.6")]
    [InlineData("\u007fELF____________", "no recording")]
    [InlineData("", "no recording")]
    [InlineData("PERFILE2", "needs 8 bytes")]
    public void What_cannot_be_read_is_refused_with_its_reason(string text, string reason)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        MalformedDataException error = Assert.Throws<MalformedDataException>(() => RecordingBuilder.Open(bytes));
        Assert.Contains(reason, error.Rule, StringComparison.Ordinal);
        Assert.Equal(text.StartsWith("PERF", StringComparison.Ordinal) || text.StartsWith("2ELI", StringComparison.Ordinal), PerfRecording.IsPerfData(bytes));
    }

    [Fact]
    public void Samples_without_times_come_as_they_lie()
    {
        const SampleFields fields = SampleFields.Identifier | SampleFields.InstructionPointer;
        RecordingBuilder builder = new RecordingBuilder().Event(fields).Record(PerfRecordType.Sample, 2, 0UL, 0x401000UL).Record(PerfRecordType.Sample, 2, 0UL, 0x402000UL);
        Assert.Equal([0, 0], Times(builder, PerfDiagnostics.NoTime));
    }

    internal static List<ulong> Times(RecordingBuilder builder, params string[] remarks)
    {
        using PerfRecording recording = builder.Open();
        using PerfRecordReader reader = recording.OpenReader();
        List<ulong> times = [];
        while (reader.TryRead(out PerfRecord record))
            times.Add(record.Time);
        Assert.Equal(remarks, recording.Diagnostics.Select(remark => remark.Id).Distinct(StringComparer.Ordinal));
        return times;
    }
}
