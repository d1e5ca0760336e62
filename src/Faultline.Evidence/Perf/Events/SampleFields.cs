namespace Faultline.Evidence.Perf.Events;

/// <summary>What each sample of an event holds: <c>enum perf_event_sample_format</c> of linux/perf_event.h.</summary>
[Flags]
public enum SampleFields : ulong
{
    None = 0,
    InstructionPointer = 1 << 0,
    Thread = 1 << 1,
    Time = 1 << 2,
    Address = 1 << 3,
    CounterValues = 1 << 4,
    CallChain = 1 << 5,
    Id = 1 << 6,
    Cpu = 1 << 7,
    Period = 1 << 8,
    StreamId = 1 << 9,
    Raw = 1 << 10,
    BranchStack = 1 << 11,
    UserRegisters = 1 << 12,
    UserStack = 1 << 13,
    Weight = 1 << 14,
    DataSource = 1 << 15,
    Identifier = 1 << 16,
    Transaction = 1 << 17,
    InterruptRegisters = 1 << 18,
    PhysicalAddress = 1 << 19,
    Auxiliary = 1 << 20,
    ControlGroup = 1 << 21,
    DataPageSize = 1 << 22,
    CodePageSize = 1 << 23,
    WeightStructure = 1 << 24,
}
