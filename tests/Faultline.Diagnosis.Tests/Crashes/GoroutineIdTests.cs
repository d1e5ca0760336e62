using Faultline.Diagnosis.Incidents;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>The buckets of a real crowd name every goroutine of the log, once.</summary>
public sealed class GoroutineIdTests
{
    [Fact]
    public void Every_goroutine_of_the_log_is_in_one_bucket()
    {
        byte[] log = RealCrash.LogOf("manygoroutines", RealCrash.Newest);
        List<long> printed = [];
        foreach (string line in System.Text.Encoding.UTF8.GetString(log).Split('\n'))
        {
            if (line.StartsWith("goroutine ", StringComparison.Ordinal) && line.EndsWith("]:", StringComparison.Ordinal))
                printed.Add(long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        }

        Incident incident = RealCrash.Diagnose(log, null).Incidents[0];
        Assert.InRange(printed.Count, 2000, 2100);
        Assert.Equal(printed.Order(), incident.Buckets.SelectMany(bucket => bucket.Runs).SelectMany(run => Enumerable.Range(0, run.Count).Select(index => run.First + index)).Order());
        Assert.All(incident.Buckets, bucket => Assert.Equal(bucket.Count, bucket.Runs.Sum(run => run.Count)));
    }
}
