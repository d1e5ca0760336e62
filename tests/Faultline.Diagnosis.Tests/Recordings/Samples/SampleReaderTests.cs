using Faultline.Binaries;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Evidence.Perf;
using Faultline.Runtime.Unwinding;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Recordings.Samples;

/// <summary>Recordings that perf makes of a program whose stacks tell whose they are.</summary>
public sealed class SampleReaderTests
{
    public static IEnumerable<TheoryDataRow<string>> Releases() =>
        Toolchain.All.Where(toolchain => toolchain.Name is "1.19" or "1.23" or "1.27").Select(toolchain => new TheoryDataRow<string>(toolchain.Name));

    [Theory]
    [MemberData(nameof(Releases))]
    public void RecordedStacksLeadToTheRootOfTheirGoroutine(string release)
    {
        using WorkersRecording workers = new(Toolchain.TryFind(release)!);
        workers.Record("-e", "cpu-clock:u", "-F", "2000", "--call-graph", "dwarf,8192");
        AssertRooted(workers);
    }

    [Fact]
    public void APositionIndependentProgramIsFoundWhereItWasLoaded()
    {
        using WorkersRecording workers = new(RealCrash.Newest, "-buildmode=pie");
        workers.Record("-e", "cpu-clock:u", "-F", "2000", "--call-graph", "dwarf,8192", "--user-regs=ip,sp,bp,r14");
        AssertRooted(workers);
    }

    [Fact]
    public void CallChainsOfTheRecorderAreReadWhereNoStackWasRecorded()
    {
        using WorkersRecording workers = new(RealCrash.Newest);
        workers.Record("-e", "cpu-clock", "-F", "2000", "-g");
        AssertRooted(workers);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void GoroutinesOfSamplesAreNeverGuessed(string release)
    {
        using WorkersRecording workers = new(Toolchain.TryFind(release)!);
        string probe = workers.AddProbe();
        workers.Record("-m", "2048", "-e", probe, "-e", "cpu-clock/freq=3000/u", "--call-graph", "dwarf,4096", "--user-regs=ip,sp,bp,r14");
        using GoBinary binary = GoBinary.Open(workers.Program);
        using PerfRecording recording = PerfRecording.Open(workers.Data);
        using SampleReader reader = new(recording, binary);
        Dictionary<string, ulong> goroutines = [];
        List<(string Worker, ulong Goroutine, GoroutineBasis Basis)> samples = [];
        while (reader.TryRead(out SampledStack sample))
        {
            if (WorkerOf(reader, sample) is not { } worker)
                continue;
            if (sample.Event.Probe is not null)
                Assert.True(goroutines.TryAdd(worker, sample.Goroutine) || goroutines[worker] == sample.Goroutine, $"{worker} has two ids");
            else
                samples.Add((worker, sample.Goroutine, sample.Basis));
        }

        var wrong = samples.Where(sample => sample.Goroutine != 0 && sample.Goroutine != goroutines[sample.Worker]).ToList();
        int known = samples.Count(sample => sample.Goroutine != 0);
        string summary = $"{samples.Count} samples, {known} with a goroutine, {wrong.Count} wrong: {string.Join(", ", wrong.CountBy(sample => sample.Basis))}";
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(goroutines.Count == 8 && samples.Count > 200 && known > samples.Count / 3 && wrong.Count == 0, summary);
    }

    /// <summary>What runs on a goroutine's own stack leads to its root. What runs on the thread's ends there, and says so: the other stack was not recorded.</summary>
    private static void AssertRooted(WorkersRecording workers)
    {
        using GoBinary binary = GoBinary.Open(workers.Program);
        using PerfRecording recording = PerfRecording.Open(workers.Data);
        using SampleReader reader = new(recording, binary);
        (int samples, int rooted, int ofWorkers) = (0, 0, 0);
        Dictionary<UnwindEnd, int> ends = [];
        while (reader.TryRead(out SampledStack sample))
        {
            if (sample.Stack < 0)
                continue;
            samples++;
            ends[sample.End] = ends.GetValueOrDefault(sample.End) + 1;
            string root = reader.FramesOf(sample.Stack).LastOrDefault().Function ?? "";
            rooted += root is "runtime.goexit" or "runtime.mstart" or "runtime.rt0_go" or "runtime.mcall" or "runtime.morestack" ? 1 : 0;
            ofWorkers += WorkerOf(reader, sample) is null ? 0 : 1;
        }

        string summary = $"{samples} samples, {rooted} rooted, {ofWorkers} of workers; {string.Join(", ", ends)}";
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        int switched = ends.GetValueOrDefault(UnwindEnd.SwitchedStack);
        Assert.True(samples > 200 && rooted > samples * 0.8 && rooted + switched >= 0.98 * samples && ofWorkers > samples / 2, summary);
        Assert.Equal(0, ends.GetValueOrDefault(UnwindEnd.Corrupt));
    }

    private static string? WorkerOf(SampleReader reader, SampledStack sample) =>
        reader.FramesOf(sample.Stack).Select(frame => frame.Function).LastOrDefault(name => name.StartsWith("main.worker", StringComparison.Ordinal));
}
