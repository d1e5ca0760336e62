using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>Every record of real recordings, field by field and in order, against what perf says of the same file.</summary>
public sealed class RecordingOracleTests(Recorder recorder)
{
    public static TheoryData<string> Names => Recorder.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_record_is_as_perf_reads_it(string name)
    {
        string path = recorder[name];
        Compare(path, withOffsets: !name.Contains("pack", StringComparison.Ordinal) && !name.Contains("pipe", StringComparison.Ordinal), out _);
    }

    [Fact]
    public void A_record_that_comes_late_is_told_as_perf_tells_it()
    {
        byte[] bytes = File.ReadAllBytes(recorder["lossy"]);
        (long offset, ulong time) first = default, last = default;
        using (PerfRecording recording = PerfRecording.Open(recorder["lossy"]))
        {
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out PerfRecord record))
            {
                if (record.Type != PerfRecordType.Sample)
                    continue;
                last = (record.Offset, record.Time);
                if (first == default)
                    first = last;
            }
        }

        Span<byte> field = bytes.AsSpan((int)last.offset);
        byte[] time = BitConverter.GetBytes(last.time);
        BitConverter.TryWriteBytes(field[field.IndexOf(time)..], first.time + 1);
        string late = recorder.NewPath();
        File.WriteAllBytes(late, bytes);
        Compare(late, withOffsets: true, out bool isInOrder);
        Assert.False(isInOrder);
    }

    private static void Compare(string path, bool withOffsets, out bool isInOrder)
    {
        List<string> expected = DumpedRecord.Read(path, withOffsets, out bool isExpectedInOrder);
        List<string> actual = ReadRecord.Read(path, withOffsets, out isInOrder);
        Assert.True(isInOrder || !isExpectedInOrder, "perf finds no record that comes late");
        if (!isExpectedInOrder)
        {
            // On a busy machine the marks of the smallest buffer fail to keep the order; what comes late has no place to compare.
            expected.Sort(StringComparer.Ordinal);
            actual.Sort(StringComparer.Ordinal);
        }

        Assert.True(expected.Count > 50, $"perf sees {expected.Count} records");
        for (int index = 0; index < Math.Min(expected.Count, actual.Count); index++)
        {
            if (expected[index] != actual[index])
                Assert.Fail($"record {index} of {expected.Count}:\nperf {expected[index]}\nread {actual[index]}");
        }

        Assert.Equal(expected.Count, actual.Count);
    }
}
