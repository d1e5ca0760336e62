using System.Text;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Scripts;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>The text of <c>perf script</c> says the same as the recording that it was made from.</summary>
public sealed class PerfScriptTests(Recorder recorder)
{
    [Theory]
    [InlineData("probes")]
    [InlineData("mixed")]
    [InlineData("frames")]
    public void Text_and_recording_agree(string name)
    {
        string path = recorder[name];
        string text = Recorder.Run("perf", ["script", "--ns", "-F", "+pid", "-i", path]);
        Assert.True(PerfScriptReader.IsPerfScript(Encoding.UTF8.GetBytes(text)));
        PerfScriptReader script = new(new StringReader(text), name);
        using PerfRecording recording = PerfRecording.Open(path);
        using PerfRecordReader reader = recording.OpenReader();
        HashSet<ulong> mappings = [];
        int count = 0;
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadMapping(out MappingRecord mapping))
                mappings.Add(mapping.StartAddress - mapping.FileOffset);
            if (!record.TryReadSample(out PerfSample sample))
                continue;
            ScriptSample? printed = script.Read();
            Assert.NotNull(printed);
            Assert.Equal((sample.Time, sample.ProcessId, sample.ThreadId, sample.Cpu, record.Event!.Name), (printed.Time, printed.ProcessId, printed.ThreadId, printed.Cpu, printed.Event));
            Assert.Equal(record.TryReadProbe(out ProbeEvent probe), printed.TryReadProbe(out ProbeEvent printedProbe));
            Assert.Equal(probe, printedProbe);
            if (!record.TryReadThreadSwitch(out ThreadSwitch change))
                change = default;
            Assert.Equal(((ulong)change.PreviousThreadId, (ulong)change.NextThreadId), (printed.FindNumber("prev_pid"), printed.FindNumber("next_pid")));
            if (!record.TryReadFutexCall(out FutexCall futex))
                futex = default;
            Assert.Equal((futex.Address, (ulong)futex.Operation), (printed.FindNumber("uaddr"), printed.FindNumber("op")));
            // For tracepoints perf prints the fields instead.
            if (record.Event.Format is null)
                AssertFrames(sample, printed, mappings);
            count++;
        }

        Assert.Null(script.Read());
        Assert.True(count > 100, $"{count} samples");
        Assert.Empty(script.Diagnostics);
    }

    [Fact]
    public void The_header_tells_the_clock()
    {
        string path = recorder["probes"];
        PerfScriptReader script = new(new StringReader(Recorder.Run("perf", ["script", "--header", "-i", path])), "-");
        ScriptSample first = script.Read()!;
        using PerfRecording recording = PerfRecording.Open(path);
        Assert.Equal(recording.Clock.ClockId, script.Clock!.ClockId);
        DateTimeOffset expected = recording.Clock.ToWallClock(first.Time)!.Value;
        Assert.InRange((script.Clock.ToWallClock(first.Time)!.Value - expected).TotalMicroseconds, -1, 1);
        Assert.InRange(first.Time - recording.Clock.FromWallClock(expected)!.Value, 0UL, 99UL);
    }

    [Theory]
    [InlineData("            prog  3389 [000]  1680.669500: faultline_deadbeef:map_write_0: (406600) goid=2 obj=0xc00003cf80", "prog", -1, 3389, 0, 1680669500000UL, "faultline_deadbeef:map_write_0")]
    [InlineData("my worker 12/34 7.000000001:     500000 cpu-clock:u:  453e7a [unknown] (/tmp/prog)", "my worker", 12, 34, -1, 7000000001UL, "cpu-clock:u")]
    [InlineData(":-1    -1 [003] 99.123456: cpu/instructions/u: ", ":-1", -1, -1, 3, 99123456000UL, "cpu/instructions/u")]
    public void Lines_that_people_paste(string line, string command, int process, int thread, int cpu, ulong time, string name)
    {
        ScriptSample sample = new PerfScriptReader(new StringReader(line + "\n"), "-").Read()!;
        Assert.Equal((command, process, thread, cpu, time, name), (sample.Command, sample.ProcessId, sample.ThreadId, sample.Cpu, sample.Time, sample.Event));
    }

    [Theory]
    [InlineData("panic: runtime error: index out of range [3] with length 2")]
    [InlineData("goroutine 1 [running]:")]
    [InlineData("2026-11-24T01:54:18.123456: error: no such file")]
    [InlineData("prog-3389 [000] d..2. 1680.668032: sched_wakeup: comm=prog pid=15")]
    [InlineData("I1124 01:54:18.123456 77 main.go:12] hello")]
    [InlineData("# only comments")]
    [InlineData("")]
    public void Other_text_is_not_taken_for_it(string text) => Assert.False(PerfScriptReader.IsPerfScript(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Endless_lines_are_cut()
    {
        string text = new string('x', 300_000) + "\nprog 1 [000] 2.000000: cpu-clock: " + new string('y', 200_000) + "\nprog 1 [000] 3.000000: cpu-clock: \n";
        PerfScriptReader script = new(new StringReader(text), "-");
        Assert.Equal(2_000_000_000UL, script.Read()!.Time);
        Assert.Equal(3_000_000_000UL, script.Read()!.Time);
        Assert.Null(script.Read());
        Assert.Equal(PerfDiagnostics.ScriptLineTooLong, Assert.Single(script.Diagnostics).Id);
    }

    [Fact]
    public void Frames_keep_symbol_and_module()
    {
        string text = "prog 1 [000] 2.000000:     1 cpu-clock: \n\tffffffff816117e0 __mmap_region+0xa10 ([kernel.kallsyms])\n\t          4131e0 main.(*store).put+0x20 (/srv/my app (old)/prog)\n\t 6fb84 [unknown] (/tmp/prog)\n\n";
        ScriptSample sample = new PerfScriptReader(new StringReader(text), "-").Read()!;
        Assert.Equal(
            [new ScriptFrame(0xffffffff816117e0, "__mmap_region", 0xa10, "[kernel.kallsyms]"), new ScriptFrame(0x4131e0, "main.(*store).put", 0x20, "/srv/my app (old)/prog"), new ScriptFrame(0x6fb84, null, 0, "/tmp/prog")],
            sample.Frames);
    }

    // perf leaves out the marks, and prints offsets in files for user frames.
    private static void AssertFrames(in PerfSample sample, ScriptSample printed, HashSet<ulong> mappings)
    {
        int index = 0;
        foreach (ulong address in sample.CallChain)
        {
            if (CallChainContext.IsMark(address))
                continue;
            Assert.True(index < printed.Frames.Count, $"line {printed.Line} lacks frame {index}");
            ScriptFrame frame = printed.Frames[index++];
            Assert.True(frame.Address == address || mappings.Contains(address - frame.Address), $"line {printed.Line}: {frame} is not 0x{address:x}");
        }

        Assert.True(sample.CallChain.IsEmpty || printed.Frames.Count == index);
    }
}
