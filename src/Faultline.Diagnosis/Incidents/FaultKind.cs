namespace Faultline.Diagnosis.Incidents;

/// <summary>What killed the program. JSON spells the names in kebab case.</summary>
public enum FaultKind
{
    ConcurrentMapReadWrite,
    ConcurrentMapWrites,
    ConcurrentMapIterationWrite,
    ConcurrentMapCloneWrite,
    Deadlock,
    SendOnClosedChannel,
    CloseOfClosedChannel,
    CloseOfNilChannel,
    UnlockOfUnlockedMutex,
    NegativeWaitgroupCounter,
    WaitgroupMisuse,
    NilMapWrite,
    NilDereference,
    MemoryCorruption,
    DataRace,
    TestTimeout,
    OtherFatal,
    OtherPanic,
}
