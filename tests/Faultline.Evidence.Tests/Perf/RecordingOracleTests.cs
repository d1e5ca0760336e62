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
        bool withOffsets = !name.Contains("pack", StringComparison.Ordinal) && !name.Contains("pipe", StringComparison.Ordinal);
        List<string> expected = DumpedRecord.Read(path, withOffsets);
        List<string> actual = ReadRecord.Read(path, withOffsets);
        Assert.True(expected.Count > 50, $"perf sees {expected.Count} records");
        for (int index = 0; index < Math.Min(expected.Count, actual.Count); index++)
        {
            if (expected[index] != actual[index])
                Assert.Fail($"record {index} of {expected.Count}:\nperf {expected[index]}\nread {actual[index]}");
        }

        Assert.Equal(expected.Count, actual.Count);
    }
}
