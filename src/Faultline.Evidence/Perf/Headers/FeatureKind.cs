namespace Faultline.Evidence.Perf.Headers;

/// <summary>Sections of the header, by their bit (<c>enum</c> of tools/perf/util/header.h). Others are passed over by their size.</summary>
internal enum FeatureKind
{
    TracingData = 1,
    BuildId = 2,
    HostName = 3,
    KernelRelease = 4,
    Version = 5,
    Machine = 6,
    CpuCount = 7,
    CpuDescription = 8,
    TotalMemory = 10,
    CommandLine = 11,
    EventDescription = 12,
    SampleTime = 21,
    ClockId = 23,
    Compressed = 27,
    ClockData = 29,
}
