using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Tests.Recordings.Samples;

public sealed class ThreadGoroutinesTests
{
    private const int Process = 10;
    private readonly ThreadGoroutines _goroutines = new(seesExits: false);

    [Fact]
    public void TheLastProbeOfAThreadNamesItsGoroutine()
    {
        Assert.Equal((0UL, GoroutineBasis.None), Find(1));
        Add(1, 7);
        Assert.Equal((7UL, GoroutineBasis.Thread), Find(1));
        Assert.Equal((0UL, GoroutineBasis.None), Find(2));
        Add(1, 8);
        Assert.Equal((8UL, GoroutineBasis.Thread), Find(1));
    }

    [Theory]
    [InlineData(ProbeKind.Park)]
    [InlineData(ProbeKind.Exit)]
    public void AGoroutineThatWaitsOrEndsLeavesItsThread(ProbeKind kind)
    {
        Add(1, 7, pointer: 0x100);
        Add(1, 7, pointer: 0x100, kind);
        Assert.Equal((0UL, GoroutineBasis.None), Find(1));
    }

    [Fact]
    public void AGoroutineThatShowsUpElsewhereHasLeft()
    {
        Add(1, 7);
        Add(2, 7);
        Assert.Equal((0UL, GoroutineBasis.None), Find(1));
        Assert.Equal((7UL, GoroutineBasis.Thread), Find(2));
    }

    [Fact]
    public void ASchedulingThreadHasNoGoroutine()
    {
        Add(1, 7);
        _goroutines.Leave(1);
        Assert.Equal((0UL, GoroutineBasis.None), Find(1));
    }

    [Fact]
    public void TheSameGIsTheSameGoroutineAndAnotherOneIsNot()
    {
        Add(1, 7, pointer: 0x100);
        Assert.Equal((7UL, GoroutineBasis.GoroutinePointer), Find(1, pointer: 0x100));
        Assert.Equal((0UL, GoroutineBasis.None), Find(1, pointer: 0x200));
    }

    [Fact]
    public void AGOnAnotherThreadIsBelievedOnlyWhereEndsAreRecorded()
    {
        ThreadGoroutines exits = new(seesExits: true);
        foreach (ThreadGoroutines each in (ThreadGoroutines[])[_goroutines, exits])
            each.Add(Event(1, 7, ProbeKind.MapWrite), pointer: 0x100);
        Assert.Equal((0UL, GoroutineBasis.None), Find(2, pointer: 0x100));
        Assert.Equal(7UL, exits.Find(Process, 2, 0x100, out GoroutineBasis basis));
        Assert.Equal(GoroutineBasis.GoroutinePointer, basis);
        Assert.Equal(0UL, exits.Find(Process + 1, 2, 0x100, out _));
        exits.Add(Event(1, 7, ProbeKind.Exit), pointer: 0x100);
        Assert.Equal(0UL, exits.Find(Process, 2, 0x100, out _));
    }

    [Fact]
    public void AProbeOnASystemStackSaysNothing()
    {
        Add(1, 7);
        Add(1, 0);
        Assert.Equal((7UL, GoroutineBasis.Thread), Find(1));
    }

    private static ProbeEvent Event(int thread, ulong goroutine, ProbeKind kind) => new() { Time = 1, ProcessId = Process, ThreadId = thread, Kind = kind, Goroutine = goroutine };

    private void Add(int thread, ulong goroutine, ulong pointer = 0, ProbeKind kind = ProbeKind.MapWrite) => _goroutines.Add(Event(thread, goroutine, kind), pointer);

    private (ulong Goroutine, GoroutineBasis Basis) Find(int thread, ulong pointer = 0) => (_goroutines.Find(Process, thread, pointer, out GoroutineBasis basis), basis);
}
