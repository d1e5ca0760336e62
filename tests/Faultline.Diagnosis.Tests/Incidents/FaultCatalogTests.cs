using Faultline.Diagnosis.Incidents;

namespace Faultline.Diagnosis.Tests.Incidents;

public sealed class FaultCatalogTests
{
    [Theory]
    [InlineData("concurrent map read and map write", FaultKind.ConcurrentMapReadWrite)]
    [InlineData("concurrent map writes", FaultKind.ConcurrentMapWrites)]
    [InlineData("concurrent map iteration and map write", FaultKind.ConcurrentMapIterationWrite)]
    [InlineData("concurrent map clone and map write", FaultKind.ConcurrentMapCloneWrite)]
    [InlineData("small map with no empty slot (concurrent map writes?)", FaultKind.ConcurrentMapWrites)]
    [InlineData("all goroutines are asleep - deadlock!", FaultKind.Deadlock)]
    [InlineData("no goroutines (main called runtime.Goexit) - deadlock!", FaultKind.Deadlock)]
    [InlineData("sync: unlock of unlocked mutex", FaultKind.UnlockOfUnlockedMutex)]
    [InlineData("sync: Unlock of unlocked RWMutex", FaultKind.UnlockOfUnlockedMutex)]
    [InlineData("sync: RUnlock of unlocked RWMutex", FaultKind.UnlockOfUnlockedMutex)]
    [InlineData("found bad pointer in Go heap (incorrect use of unsafe or cgo?)", FaultKind.MemoryCorruption)]
    [InlineData("stack overflow", FaultKind.OtherFatal)]
    [InlineData("", FaultKind.OtherFatal)]
    public void Fatal_texts(string text, FaultKind expected) => Assert.Equal(expected, FaultCatalog.OfFatal(text).Kind);

    [Theory]
    [InlineData("send on closed channel", FaultKind.SendOnClosedChannel)]
    [InlineData("close of closed channel", FaultKind.CloseOfClosedChannel)]
    [InlineData("close of nil channel", FaultKind.CloseOfNilChannel)]
    [InlineData("assignment to entry in nil map", FaultKind.NilMapWrite)]
    [InlineData("sync: negative WaitGroup counter", FaultKind.NegativeWaitgroupCounter)]
    [InlineData("sync: WaitGroup misuse: Add called concurrently with Wait", FaultKind.WaitgroupMisuse)]
    [InlineData("sync: WaitGroup is reused before previous Wait has returned", FaultKind.WaitgroupMisuse)]
    [InlineData("runtime error: invalid memory address or nil pointer dereference", FaultKind.NilDereference)]
    [InlineData("test timed out after 1s", FaultKind.TestTimeout)]
    [InlineData("deadlock: all goroutines in bubble are blocked", FaultKind.Deadlock)]
    [InlineData("users said: send on closed channel", FaultKind.OtherPanic)]
    public void Panic_texts(string text, FaultKind expected) => Assert.Equal(expected, FaultCatalog.OfPanic(text).Kind);
}
