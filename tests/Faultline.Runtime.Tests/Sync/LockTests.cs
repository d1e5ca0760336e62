using Faultline.Runtime.Sync;
using Faultline.Runtime.Tests.Programs;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Sync;

/// <summary>Locks, wait groups and conditions against what the program knows about them.</summary>
public sealed class LockTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Waiters_lead_to_their_locks(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth();
        foreach (var (name, expected) in truth.Locks)
        {
            foreach (var waiter in expected.Waiters ?? [])
            {
                Assert.True(process.State.Goroutines.TryFind(truth.Goroutines[waiter], out var goroutine));
                var target = Assert.Single(process.State.Waits.Read(goroutine));
                Assert.True(expected.Address == target.Object, $"{waiter} of {name} at 0x{expected.Address.Value:x}: {target} (0x{target.Object:x})");
                Assert.Equal(expected.Kind, target.Kind.ToString());
                Assert.Equal(waiter == "waiting reader" ? WaitOperation.ReadLock : expected.Kind is "WaitGroup" or "Cond" ? WaitOperation.Wait : WaitOperation.Lock, target.Operation);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void States_are_decoded(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var (state, locks) = (process.State, process.ReadTruth().Locks);
        var mutex = MutexState.TryRead(state.Memory, locks["main.mutex"].Address)!.Value;
        Assert.True(mutex.IsLocked);
        Assert.Equal(3, mutex.WaiterCount);
        Assert.Equal(3, state.Waits.Semaphores.WaitersOf(mutex.Semaphore).Count);

        var pending = RWMutexState.TryRead(state.Memory, locks["main.rwmutex"].Address)!.Value;
        Assert.Equal((1, true, 1, false), (pending.ReaderCount, pending.IsWriterPending, pending.DepartingCount, pending.IsHeldByWriter));
        Assert.Single(state.Waits.Semaphores.WaitersOf(pending.WriterSemaphore));
        var held = RWMutexState.TryRead(state.Memory, locks["main.readers"].Address)!.Value;
        Assert.Equal((1, true, 0, true), (held.ReaderCount, held.IsWriterPending, held.DepartingCount, held.IsHeldByWriter));
        Assert.Single(state.Waits.Semaphores.WaitersOf(held.ReaderSemaphore));

        var group = WaitGroupState.TryRead(state, locks["main.group"].Address)!.Value;
        Assert.Equal((2, 2), (group.Counter, group.WaiterCount));
        var condition = CondState.TryRead(state, locks["main.cond"].Address)!;
        Assert.Equal(2, condition.Waiters.Count);
        Assert.Equal((2u, 0u), (condition.WaitCount, condition.NotifyCount));
        var once = OnceState.TryRead(state, locks["main.once"].Address)!.Value;
        Assert.True(once.IsDone);
        Assert.False(once.IsRunning);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Owners_are_inferred(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth();
        var owners = new LockOwners(process.State);
        foreach (var (name, expected) in truth.Locks.Where(entry => entry.Value.Owner.Length > 0))
        {
            var found = owners.Find(expected.Address);
            Assert.Contains(truth.Goroutines[expected.Owner], found.Select(owner => owner.Goroutine.Id));
            Assert.True(found[0].Goroutine.Id == truth.Goroutines[expected.Owner], $"{name}: {found[0].Goroutine.Id} comes first");
            Assert.All(found, owner => Assert.True(owner.Evidence.HasFlag(OwnerEvidence.PastLock)));
        }
    }
}
