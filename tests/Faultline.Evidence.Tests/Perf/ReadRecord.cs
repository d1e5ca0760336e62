using System.Globalization;
using System.Text;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>The records of a recording as the reader gives them, in the words of <see cref="DumpedRecord"/>.</summary>
internal static class ReadRecord
{
    private static readonly string[] s_registers =
        ["AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP", "IP", "FLAGS", "CS", "SS", "DS", "ES", "FS", "GS", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];

    /// <param name="withOffsets">With each record's place in the file.</param>
    /// <param name="isInOrder">False if the reader says that records come late.</param>
    public static List<string> Read(string path, bool withOffsets, out bool isInOrder)
    {
        using PerfRecording recording = PerfRecording.Open(path);
        using PerfRecordReader reader = recording.OpenReader();
        List<string> records = [];
        while (reader.TryRead(out PerfRecord record))
        {
            if (Describe(record) is not { } text)
                continue;
            string place = withOffsets ? string.Create(CultureInfo.InvariantCulture, $"0x{record.Offset:x} ") : "";
            records.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Time} {place}{text}"));
        }

        isInOrder = recording.Diagnostics.Count == 0;
        Assert.All(recording.Diagnostics, diagnostic => Assert.Equal(PerfDiagnostics.OrderGivenUp, diagnostic.Id));
        return records;
    }

    private static string? Describe(in PerfRecord record)
    {
        if (record.TryReadSample(out PerfSample sample))
            return Describe(record, sample);
        if (record.TryReadMapping(out MappingRecord mapping))
        {
            string name = record.Type == PerfRecordType.Mmap ? "MMAP" : "MMAP2";
            return string.Create(CultureInfo.InvariantCulture, $"{name} {mapping.ProcessId}/{mapping.ThreadId} 0x{mapping.StartAddress:x} 0x{mapping.Size:x} @ {Alternate(mapping.FileOffset)} {Encoding.UTF8.GetString(mapping.Path)}");
        }

        if (record.TryReadThreadName(out ThreadNameRecord thread))
            return string.Create(CultureInfo.InvariantCulture, $"COMM {(thread.IsExec ? "exec: " : "")}{Encoding.UTF8.GetString(thread.Name)}:{thread.ProcessId}/{thread.ThreadId}");
        if (record.TryReadThreadLife(out ThreadLifeRecord life))
            return string.Create(CultureInfo.InvariantCulture, $"{(record.Type == PerfRecordType.Fork ? "FORK" : "EXIT")} ({life.ProcessId}:{life.ThreadId}):({life.ParentProcessId}:{life.ParentThreadId})");
        if (record.TryReadSwitch(out SwitchRecord change))
            return "SWITCH " + (change.IsOut ? "OUT" : "IN") + (change.IsPreempted ? " preempt" : "");
        if (record.TryReadNamespaces(out NamespacesRecord namespaces))
            return string.Create(CultureInfo.InvariantCulture, $"NAMESPACES {namespaces.ProcessId}/{namespaces.ThreadId} - nr_namespaces: {namespaces.Count}");
        return record.TryReadLoss(out ulong count)
            ? string.Create(CultureInfo.InvariantCulture, $"{(record.Type == PerfRecordType.Lost ? "LOST" : "LOST_SAMPLES")} {count}")
            : null;
    }

    private static string Describe(in PerfRecord record, in PerfSample sample)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"SAMPLE {sample.ProcessId}/{sample.ThreadId} ip {Alternate(sample.InstructionPointer)} period {sample.Period} addr {Alternate(sample.DataAddress)}");
        foreach (ulong address in sample.CallChain)
            text.Append(CultureInfo.InvariantCulture, $" {address:x}");
        for (int number = 0; number < s_registers.Length; number++)
        {
            if (sample.UserRegisters.TryGet(number, out ulong value))
                text.Append(CultureInfo.InvariantCulture, $" {s_registers[number]}={value:x}");
        }

        if (!sample.UserStack.IsEmpty)
            text.Append(CultureInfo.InvariantCulture, $" stack={sample.UserStack.Length}");
        if (record.Event!.Attribute.SampleFields.HasFlag(Faultline.Evidence.Perf.Events.SampleFields.PhysicalAddress))
            text.Append(CultureInfo.InvariantCulture, $" phys={sample.PhysicalAddress:x}");
        text.Append(CultureInfo.InvariantCulture, $" {record.Event.Name}");
        return text.Append(Trace(record, sample)).ToString();
    }

    // What the tracepoint's own "print fmt" would print.
    private static string Trace(in PerfRecord record, in PerfSample sample)
    {
        if (record.TryReadProbe(out ProbeEvent probe))
            return string.Create(CultureInfo.InvariantCulture, $" ({probe.ProbeAddress:x}) goid={probe.Goroutine} obj=0x{probe.ObjectAddress:x} type=0x{probe.TypeAddress:x} ret=0x{probe.ReturnAddress:x}");
        if (record.TryReadFutexCall(out FutexCall futex))
        {
            string rest = string.Create(CultureInfo.InvariantCulture, $"utime: 0x{Number(record, sample, "utime"):x8}, uaddr2: 0x{Number(record, sample, "uaddr2"):x8}, val3: 0x{Number(record, sample, "val3"):x8}");
            return string.Create(CultureInfo.InvariantCulture, $" uaddr: 0x{futex.Address:x8}, op: 0x{futex.Operation:x8}, val: 0x{futex.Value:x8}, {rest}");
        }

        if (record.TryReadThreadWakeup(out ThreadWakeup wakeup))
            return string.Create(CultureInfo.InvariantCulture, $" comm={Text(record, sample, "comm")} pid={wakeup.WokenThreadId} prio={Number(record, sample, "prio")} target_cpu={wakeup.TargetCpu:d3}");
        if (!record.TryReadThreadSwitch(out ThreadSwitch change))
            return "";
        string previous = string.Create(CultureInfo.InvariantCulture, $"prev_comm={Text(record, sample, "prev_comm")} prev_pid={change.PreviousThreadId} prev_prio={Number(record, sample, "prev_prio")} prev_state={State(change.PreviousState)}");
        return string.Create(CultureInfo.InvariantCulture, $" {previous} ==> next_comm={Text(record, sample, "next_comm")} next_pid={change.NextThreadId} next_prio={Number(record, sample, "next_prio")}");
    }

    private static string State(ulong state)
    {
        string letters = string.Concat("SDTtXZPI".Where((_, bit) => (state >> bit & 1) != 0));
        return (letters.Length > 0 ? letters : "R") + ((state & 0x100) != 0 ? "+" : "");
    }

    private static ulong Number(in PerfRecord record, in PerfSample sample, string field) => Field(record, field).ReadNumber(sample.Raw);

    private static string Text(in PerfRecord record, in PerfSample sample, string field) => Encoding.UTF8.GetString(Field(record, field).ReadText(sample.Raw));

    private static TracepointField Field(in PerfRecord record, string name) => record.Event!.Format!.FindField(name)!;

    // C's %#x: no prefix for zero.
    private static string Alternate(ulong value) => value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
