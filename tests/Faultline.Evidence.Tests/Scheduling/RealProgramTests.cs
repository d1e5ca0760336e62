using Faultline.Evidence.Carriers;
using Faultline.Evidence.Scheduling;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>Programs with a known load, traced by every Go version: all values are those of a second reading, and findings are those of the load.</summary>
public sealed class RealProgramTests
{
    private const string Details = ",scheddetail=1";

    public static TheoryData<string> Versions => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Fact]
    public void All_versions_are_at_hand() => Assert.Equal(8, Versions.Count);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_value_is_that_of_a_second_reading(string version)
    {
        foreach (string details in (string[])["", Details])
        {
            string log = ScheduledProgram.RunUndisturbed(version, "healthy", "schedtrace=20" + details, 510).Log;
            string[] expected = [.. RegexReading.Lines(log)];
            Assert.Equal(log.Split('\n').Count(line => line.Length > 0), expected.Length);
            Assert.True(expected.Length >= 10, $"{expected.Length} lines");
            Assert.Equal(expected, ReadLines.Of(log));

            SchedulerSeries series = ReadLines.Series(log);
            long headers = expected.Count(line => line.StartsWith("SCHED", StringComparison.Ordinal));
            Assert.Equal((headers, details.Length > 0 ? headers : 0), (series.StepCount, series.DetailedCount));
            Assert.Equal(Count(expected, "P"), series.Steps.Sum(step => step.Detail?.ProcessorLines ?? 0));
            Assert.Equal(Count(expected, "M"), series.Steps.Sum(step => step.Detail?.ThreadLines ?? 0));
            Assert.Equal(Count(expected, "G"), series.Steps.Sum(step => step.Detail?.GoroutineLines ?? 0));
            Assert.Empty(series.Diagnostics);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_healthy_program_has_nothing_to_tell(string version)
    {
        SchedulerSeries series = ReadLines.Series(ScheduledProgram.Run(version, "healthy", "schedtrace=50" + Details).Log);
        Assert.True(series.StepCount > 8);
        Assert.All(series.Findings, finding => Assert.True(finding.IsUsual, finding.Summary));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Stuck_goroutines_are_found_and_no_others(string version)
    {
        ScheduledProgram program = ScheduledProgram.Run(version, "stuck", "schedtrace=50" + Details);
        SchedulerSeries series = ReadLines.Series(program.Log);
        SchedulerFinding[] found = [.. series.Findings.Where(finding => !finding.IsUsual)];

        Assert.All(found, finding => Assert.Equal(SchedulerFindingKinds.GoroutinesUnchanged, finding.Kind));
        Assert.Equal(program.Truth, found.SelectMany(finding => finding.Goroutines).Order());
        Assert.Equal([version is "1.19" ? "semacquire" : "sync.Mutex.Lock", "chan receive"], found.Select(finding => finding.Reason));
        Assert.All(found, finding => Assert.Equal(series.StepCount, finding.LastStep));

        GoroutineChange last = ReadLines.Series(program.Log, new SchedulerLogOptions { Goroutine = found[1].Goroutines[0] }).Changes[^1];
        Assert.Equal(("waiting", "chan receive", found[1].FirstStep, found[1].LastStep), (last.Status, last.Reason, last.FirstStep, last.LastStep));
        Assert.Equal(last.LastStep - last.FirstStep + 1, last.Steps);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_program_with_too_much_to_compute_is_saturated(string version)
    {
        foreach (string details in (string[])["", Details])
        {
            SchedulerSeries series = ReadLines.Series(ScheduledProgram.Run(version, "saturated", "schedtrace=50" + details).Log);
            SchedulerFinding finding = Assert.Single(series.Findings, finding => !finding.IsUsual);
            Assert.Equal(SchedulerFindingKinds.ProcessorsSaturated, finding.Kind);
            Assert.InRange(finding.Numbers.Single(number => number.Key == "maxQueued").Value, 10, 20);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Blocked_system_calls_show_as_threads_and_goroutines(string version)
    {
        ScheduledProgram program = ScheduledProgram.Run(version, "syscalls", "schedtrace=50" + Details);
        SchedulerSeries series = ReadLines.Series(program.Log);
        SchedulerFinding calls = Assert.Single(series.Findings, finding => finding.Kind == SchedulerFindingKinds.GoroutinesInSyscall);
        Assert.Equal(program.Truth.Count, calls.Numbers.Single(number => number.Key == "goroutines").Value);
        Assert.Equal(program.Truth.Take(16), calls.Goroutines);
        Assert.Contains(series.Findings, finding => finding.Kind == SchedulerFindingKinds.ThreadsGrow);
        Assert.True(series.Steps[^1].Header.Threads >= program.Truth.Count);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_stop_of_the_world_that_is_not_reached_is_found(string version)
    {
        SchedulerSeries series = ReadLines.Series(ScheduledProgram.Run(version, "unstopped", "asyncpreemptoff=1,schedtrace=50" + Details).Log);
        SchedulerFinding finding = Assert.Single(series.Findings, finding => finding.Kind == SchedulerFindingKinds.StopTheWorldPending);
        Assert.True(finding.LastStep - finding.FirstStep > 5, finding.Summary);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_dump_of_a_crash_is_a_step_and_its_traceback_is_left_alone(string version)
    {
        string log = ScheduledProgram.RunUndisturbed(version, "crash", "schedtrace=50" + Details, 490).Log;
        SchedulerSeries series = ReadLines.Series(log);
        string[] expected = [.. RegexReading.Lines(log)];
        Assert.Equal(expected, ReadLines.Of(log));
        Assert.Equal(Count(expected, "SCHED"), series.StepCount);
        Assert.Equal(Count(expected, "G"), series.Steps.Sum(step => step.Detail!.GoroutineLines));
        Assert.Equal(2, series.Findings.Count(finding => finding.Kind == SchedulerFindingKinds.GoroutinesUnchanged));

        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes(log));
        SchedulerDump dump = Assert.Single(Assert.Single(LogReader.Parse(stream, "-")).Reports).Scheduler!;
        Assert.Equal(dump.Goroutines.Count, series.Steps.Single(step => step.LogLine == dump.LogLine).Detail!.GoroutineLines);
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public void Goroutines_that_become_more_and_more_are_found(string version)
    {
        SchedulerSeries series = ReadLines.Series(ScheduledProgram.Run(version, "growing", "schedtrace=50" + Details).Log);
        SchedulerFinding finding = Assert.Single(series.Findings, finding => finding.Kind == SchedulerFindingKinds.GoroutinesGrow);
        Assert.True(finding.Numbers.Single(number => number.Key == "lastQuarterMin").Value > 100, finding.Summary);
    }

    /// <summary>The runtime writes its lines in pieces and the program writes between them, thousands of lines a second.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void A_program_that_writes_all_the_time_leaves_the_steps_readable(string version)
    {
        foreach (string details in (string[])["", Details])
        {
            string log = ScheduledProgram.Run(version, "noisy", "schedtrace=20" + details).Log;
            int headers = log.Split('\n').Count(line => line.Contains("ms: gomaxprocs=", StringComparison.Ordinal));
            SchedulerSeries series = ReadLines.Series(log);
            Assert.InRange(series.StepCount, headers * 9 / 10, headers);
            Assert.Equal(series.Steps.Select(step => step.Time).Order(), series.Steps.Select(step => step.Time));
            Assert.All(series.Steps, step => Assert.True(step.Header is { GoMaxProcs: null or 2, IdleProcessors: null or <= 2, Threads: null or < 40, RunQueue: null or < 40 }, step.ToString()));
            Assert.True(series.Steps.Count(step => step.Header.Threads is not null) >= headers * 8 / 10, $"{headers} steps");
        }
    }

    private static int Count(string[] lines, string kind) => lines.Count(line => line.StartsWith(kind + " ", StringComparison.Ordinal));
}
