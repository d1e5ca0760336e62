using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Evidence.Perf;

namespace Faultline.Capture.Tests.Recording;

/// <summary>The time lines of threads that are known to compute, to sit in a system call and to wait, held against <c>perf script</c>.</summary>
public sealed class ThreadsTests
{
    private const double Length = 400e6;

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public async Task Threads_do_what_their_goroutines_do(string go)
    {
        Tracing.Require();
        using Workplace place = new("threadload", go);
        using JsonDocument document = await RecordWithoutLoss(place);
        JsonElement.ArrayEnumerator threads = document.RootElement.GetProperty("threads").EnumerateArray();
        Dictionary<int, JsonElement> byId = threads.ToDictionary(thread => thread.GetProperty("thread").GetInt32());

        Dictionary<string, (int Thread, ulong Goroutine)> truth = File.ReadLines(Path.Combine(place.Folder, "truth")).Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => (int.Parse(words[1], CultureInfo.InvariantCulture), ulong.Parse(words[2], CultureInfo.InvariantCulture)), StringComparer.Ordinal);
        Assert.Equal(3, truth.Count);
        foreach ((string name, (int id, ulong goroutine)) in truth)
        {
            JsonElement thread = byId[id];
            Assert.Contains(thread.GetProperty("goroutines").EnumerateArray(), seen => seen.GetProperty("goroutine").GetUInt64() == goroutine);
            JsonElement times = thread.GetProperty("nanoseconds");
            double Time(params string[] states) => states.Sum(state => times.GetProperty(state).GetDouble());
            switch (name)
            {
                case "computing":
                    // On a busy machine it is runnable most of the time.
                    Assert.True(Time("running", "runnable") > 0.8 * Length, times.ToString());
                    break;
                case "calling":
                    AssertWait(thread, "blocked", "main.call");
                    Assert.True(Time("blocked") > 0.95 * Length, times.ToString());
                    Assert.True(thread.GetProperty("longestWait").TryGetProperty("goroutine", out JsonElement waiting), thread.ToString());
                    Assert.Equal(goroutine, waiting.GetUInt64());
                    break;
                default:
                    AssertWait(thread, "futex", "runtime.stoplockedm");
                    Assert.True(Time("futex") > 0.9 * Length, times.ToString());
                    Assert.True(thread.GetProperty("longestWait").TryGetProperty("wokenBy", out JsonElement waker), thread.ToString());
                    Assert.True(byId.ContainsKey(waker.GetInt32()));
                    break;
            }
        }

        await HoldAgainstPerf(place, byId);
        HoldMachines(byId, truth);
    }

    [Fact]
    public async Task Steps_of_a_thread_follow_each_other_and_those_of_a_goroutine_are_its_own()
    {
        Tracing.Require();
        using Workplace place = new("threadload", "1.24");
        using JsonDocument all = await RecordWithoutLoss(place);
        string[] calling = File.ReadLines(Path.Combine(place.Folder, "truth")).First(line => line.StartsWith("calling ", StringComparison.Ordinal)).Split(' ');

        using JsonDocument ofThread = await Ask(place, "threads", place.Recording, "--thread", calling[1], "--format", "json");
        List<JsonElement> steps = [.. ofThread.RootElement.GetProperty("steps").EnumerateArray()];
        for (int index = 1; index < steps.Count; index++)
            Assert.Equal(End(steps[index - 1]), Start(steps[index]));
        Assert.True(steps.Count > 4);

        using JsonDocument ofGoroutine = await Ask(place, "threads", place.Recording, "--goroutine", calling[2], "--format", "json");
        Assert.Contains(ofGoroutine.RootElement.GetProperty("steps").EnumerateArray(), step => step.GetProperty("state").GetString() == "blocked" && step.GetProperty("nanoseconds").GetDouble() > 0.95 * Length && step.GetProperty("thread").GetInt32() == int.Parse(calling[1], CultureInfo.InvariantCulture));

        Outcome nobody = await FaultlineProgram.Run(place.Folder, "threads", place.Recording, "--goroutine", "4711");
        Assert.Equal((65, true), (nobody.ExitCode, nobody.Error.Contains("goroutine 4711 is on no thread", StringComparison.Ordinal)));
        Outcome stranger = await FaultlineProgram.Run(place.Folder, "threads", place.Recording, "--thread", "1");
        Assert.Equal((65, true), (stranger.ExitCode, stranger.Error.Contains("thread 1 is not in", StringComparison.Ordinal)));
        await CutAndGarbled(place);
    }

    /// <summary>Buffers of one page lose records all the time: what a thread did across a loss is not known, and who was on it neither.</summary>
    [Fact]
    public async Task Nothing_is_carried_across_what_the_recorder_lost()
    {
        Tracing.Require();
        using Workplace place = new("threadload", "1.25");
        string path = Path.Combine(place.Folder, "lossy.perf.data");
        using PerfRecording recording = await RecordWithLosses(place, path);
        IReadOnlyList<RecordingGap> gaps = GapsOf(recording);
        Assert.True(gaps.Count > 0, "no run lost anything");
        using GoBinary binary = GoBinary.Open(place.Binary);
        ThreadTimes times = ThreadTimesReader.Read(recording, binary);
        Assert.True(times.LostCount > 0 && times.Threads.Count >= 4);
        int known = 0;
        foreach (ThreadLine thread in times.Threads)
        {
            ThreadTimes steps = ThreadTimesReader.Read(recording, binary, new ThreadTimesOptions(thread.ThreadId));
            known += steps.Spans.Count(step => step.State != SchedulingState.Unknown);
            Assert.DoesNotContain(steps.Spans, step => step.State != SchedulingState.Unknown && gaps.Any(gap => step.Start < gap.StartTime && step.End > gap.EndTime));
        }

        Assert.True(known > 10, $"{known} steps");
    }

    /// <summary>Records until nothing is lost, which a busy machine may need several runs for; what it says of all threads. A busy machine makes more records than the usual ring holds.</summary>
    private static async Task<JsonDocument> RecordWithoutLoss(Workplace place)
    {
        for (int attempt = 1; ; attempt++)
        {
            Outcome outcome = await place.Record("--mode", "sched", "--ring", "64M", "--", place.Binary);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            JsonDocument document = await Ask(place, "threads", place.Recording, "--format", "json");
            if (!document.RootElement.GetProperty("notes").EnumerateArray().Any(note => note.GetString()!.StartsWith("the recorder lost ", StringComparison.Ordinal)))
                return document;
            Assert.True(attempt < 5, document.RootElement.GetProperty("notes").ToString());
            document.Dispose();
            Directory.Delete(place.Recording, recursive: true);
        }
    }

    private static async Task<PerfRecording> RecordWithLosses(Workplace place, string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            string[] arguments = ["record", "-o", path, "-k", "CLOCK_MONOTONIC", "-m", "1", "--switch-events", "-e", "sched:sched_switch", "-e", "sched:sched_wakeup", "-e", "raw_syscalls:*", "-e", "syscalls:sys_enter_futex", "-e", "syscalls:sys_exit_futex", "--", place.Binary];
            ProcessStartInfo start = new("perf", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = place.Folder };
            using Process perf = Process.Start(start)!;
            Task<string> errors = perf.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await perf.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await errors;
            await perf.WaitForExitAsync(TestContext.Current.CancellationToken);
            PerfRecording recording = PerfRecording.Open(path);
            if (attempt == 4 || GapsOf(recording).Count > 0)
                return recording;
            recording.Dispose();
        }
    }

    private static IReadOnlyList<RecordingGap> GapsOf(PerfRecording recording)
    {
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
        {
        }

        return reader.Losses.Gaps;
    }

    /// <summary>A recording that is cut off or garbled anywhere gives an answer or a diagnostic, and never a crash.</summary>
    private static async Task CutAndGarbled(Workplace place)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(place.Recording, "perf.data"));
        Random random = new(6);
        string path = Path.Combine(place.Folder, "bad.perf.data");
        for (int round = 0; round < 12; round++)
        {
            byte[] bad = [.. whole.AsSpan(0, round % 2 == 0 ? random.Next(whole.Length / 4, whole.Length) : whole.Length)];
            for (int flip = 0; flip < 40 * (round % 3); flip++)
                bad[random.Next(512, bad.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "threads", path, "--binary", place.Binary, "--format", "json");
            Assert.True(outcome.ExitCode is 0 or 65, $"round {round}: {outcome.ExitCode} {outcome.Error}");
            if (outcome.ExitCode == 0)
                JsonDocument.Parse(outcome.Output).Dispose();
        }
    }

    private static void AssertWait(JsonElement thread, string state, string function)
    {
        JsonElement wait = thread.GetProperty("longestWait");
        Assert.Equal((state, function), (wait.GetProperty("state").GetString(), wait.GetProperty("function").GetString()));
    }

    private static async Task HoldAgainstPerf(Workplace place, Dictionary<int, JsonElement> threads)
    {
        ProcessStartInfo start = new("perf", ["script", "-i", Path.Combine(place.Recording, "perf.data"), "-F", "tid,event,trace"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process perf = Process.Start(start)!;
        Task<string> errors = perf.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await perf.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await errors;
        Dictionary<int, (long Switches, long Preempted, long Waits, long Wakes)> expected = [];
        foreach (string line in output.Split('\n'))
        {
            if (!int.TryParse(line.TrimStart().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int thread))
                continue;
            var counts = expected.GetValueOrDefault(thread);
            if (line.Contains("sched:sched_switch:", StringComparison.Ordinal))
                counts = counts with { Switches = counts.Switches + 1, Preempted = counts.Preempted + (line.Contains("prev_state=R", StringComparison.Ordinal) ? 1 : 0) };
            else if (line.Contains("sys_enter_futex:", StringComparison.Ordinal))
                counts = line.Contains("op: 0x00000080,", StringComparison.Ordinal) ? counts with { Waits = counts.Waits + 1 } : counts with { Wakes = counts.Wakes + 1 };
            expected[thread] = counts;
        }

        Assert.True(expected.Values.Sum(counts => counts.Switches) > 50);
        foreach ((int thread, var counts) in expected.Where(thread => thread.Value.Switches > 0))
        {
            JsonElement found = threads[thread];
            Assert.Equal(counts, (found.GetProperty("switches").GetInt64(), found.GetProperty("preempted").GetInt64(), found.GetProperty("futexWaits").GetInt64(), found.GetProperty("futexWakes").GetInt64()));
        }
    }

    /// <summary>The dump of the scheduler names the goroutine that died and the thread it was on.</summary>
    private static void HoldMachines(Dictionary<int, JsonElement> threads, Dictionary<string, (int Thread, ulong Goroutine)> truth)
    {
        List<JsonElement> machines = [.. threads.Values.Where(thread => thread.TryGetProperty("machine", out _)).Select(thread => thread.GetProperty("machine"))];
        Assert.Contains(machines, machine => machine.GetProperty("id").GetInt64() == 0 && machine.GetProperty("basis").GetString() == "main-thread");
        foreach (JsonElement machine in machines.Where(machine => machine.GetProperty("dying").GetBoolean()))
            Assert.Equal(1, machine.GetProperty("goroutine").GetInt64());
        // Of the others nothing proves which M they are.
        Assert.Single(machines);
        // Whoever is locked to a thread and waits is on no M, or on its own.
        foreach ((int id, ulong goroutine) in truth.Values)
        {
            if (threads[id].TryGetProperty("machine", out JsonElement own) && own.TryGetProperty("goroutine", out JsonElement current))
                Assert.Equal(goroutine, current.GetUInt64());
        }
    }

    private static async Task<JsonDocument> Ask(Workplace place, params string[] arguments)
    {
        Outcome outcome = await FaultlineProgram.Run(place.Folder, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonDocument.Parse(outcome.Output);
    }

    private static ulong Start(JsonElement step) => ulong.Parse(step.GetProperty("start").GetString()!.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static ulong End(JsonElement step) => Start(step) + step.GetProperty("nanoseconds").GetUInt64();
}
