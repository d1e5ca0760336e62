using System.Globalization;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>
/// The processor's word on where data came from, against what perf prints for the same bits. No machine with such a processor is at hand, so the bits are
/// put into a real recording.
/// </summary>
public sealed class DataSourceTests(Recorder recorder)
{
    [Fact]
    public void Bits_mean_what_perf_says_they_mean()
    {
        string original = recorder.Record("perf record -q -d -m 1024 -e cpu-clock/period=20000/ -o OUTPUT -- PROGRAM 100");
        byte[] bytes = File.ReadAllBytes(original);
        Random random = new(3);
        using (PerfRecording recording = PerfRecording.Open(original))
        {
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out PerfRecord record))
            {
                if (!record.TryReadSample(out PerfSample sample) || sample.DataSource == 0)
                    continue;
                // One operation, one level, one snoop: perf cuts off a longer line.
                ulong bits = (1UL << random.Next(5)) | (1UL << (5 + random.Next(14))) | (1UL << (19 + random.Next(5)));
                Span<byte> here = bytes.AsSpan((int)record.Offset);
                BitConverter.TryWriteBytes(here[here.IndexOf(BitConverter.GetBytes(sample.DataSource))..], bits);
            }
        }

        string path = recorder.NewPath();
        File.WriteAllBytes(path, bytes);
        List<string> lines = [.. Recorder.Run("sh", ["-c", $"perf script -F data_src -G -i {path} 2>/dev/null"]).Split('\n').Where(line => line.Contains("|OP", StringComparison.Ordinal))];
        Assert.True(lines.Distinct(StringComparer.Ordinal).Count() > 100);
        foreach (string line in lines)
        {
            DataSource source = new(ulong.Parse(line.AsSpan(0, line.IndexOf('|', StringComparison.Ordinal)).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            Assert.Equal((line.Contains("OP LOAD", StringComparison.Ordinal), line.Contains("OP STORE", StringComparison.Ordinal), line.Contains("HitM", StringComparison.Ordinal)), (source.IsLoad, source.IsStore, source.IsModifiedElsewhere));
        }

        // The same bits are read from the file.
        HashSet<ulong> read = [];
        using PerfRecording changed = PerfRecording.Open(path);
        using PerfRecordReader again = changed.OpenReader();
        while (again.TryRead(out PerfRecord record))
        {
            if (record.TryReadSample(out PerfSample sample))
                read.Add(sample.DataSource);
        }

        Assert.All(lines, line => Assert.Contains(ulong.Parse(line.AsSpan(0, line.IndexOf('|', StringComparison.Ordinal)).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), read));
    }
}
