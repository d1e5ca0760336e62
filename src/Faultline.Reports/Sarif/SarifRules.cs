using System.Text.Json;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Sarif;

/// <summary>The rules of the tool: one for each kind of fault.</summary>
internal static class SarifRules
{
    /// <summary>Ids in the order of <see cref="FaultKind"/>, so that a rule's index is its kind.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Enum.GetValues<FaultKind>().Select(kind => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()))];

    /// <summary>The index of a kind.</summary>
    public static int IndexOf(string id)
    {
        for (int index = 0; index < Ids.Count; index++)
        {
            if (Ids[index] == id)
                return index;
        }

        return -1;
    }

    /// <summary>What the fault is, and what to do about it.</summary>
    public static (string Title, string Help) Texts(FaultKind kind) => kind switch
    {
        FaultKind.ConcurrentMapReadWrite => ("A map was read while another goroutine wrote it", "Guard every access to the map with one lock, or let one goroutine own it."),
        FaultKind.ConcurrentMapWrites => ("A map was written by two goroutines at once", "Guard every access to the map with one lock, or let one goroutine own it."),
        FaultKind.ConcurrentMapIterationWrite => ("A map was written while another goroutine ranged over it", "Hold the lock during the whole loop, or range over a copy that was made under the lock."),
        FaultKind.ConcurrentMapCloneWrite => ("A map was written while another goroutine cloned it", "Clone the map under the lock that its writers take."),
        FaultKind.Deadlock => ("Goroutines wait for what never comes", "Take locks in one order everywhere, and see to it that each wait has somebody who ends it."),
        FaultKind.SendOnClosedChannel => ("A value was sent on a closed channel", "Let only the sender close the channel, after its last send."),
        FaultKind.CloseOfClosedChannel => ("A channel was closed twice", "Let one owner close the channel, or close it through sync.Once."),
        FaultKind.CloseOfNilChannel => ("A nil channel was closed", "Make the channel before anybody can close it."),
        FaultKind.UnlockOfUnlockedMutex => ("A mutex was unlocked that nobody had locked", "Pair each Unlock with a Lock, best by defer right behind the Lock; do not copy a mutex."),
        FaultKind.NegativeWaitgroupCounter => ("A WaitGroup was done more often than it was added to", "Call Add before the goroutine starts, and Done once in it."),
        FaultKind.WaitgroupMisuse => ("A WaitGroup was added to while it was waited for", "Call Add before Wait can run."),
        FaultKind.NilMapWrite => ("A nil map was written", "Make the map before it is written."),
        FaultKind.NilDereference => ("A nil pointer was followed", "Check the pointer, or the error that came with it, before it is used."),
        FaultKind.MemoryCorruption => ("The runtime found its memory damaged", "Look for unsafe code, cgo and data races; build with -race."),
        FaultKind.DataRace => ("Two goroutines used the same memory without order, and one of them wrote", "Order the two accesses with a lock, a channel or an atomic."),
        FaultKind.TestTimeout => ("A test ran into its time-out", "Look at what the running test waits for."),
        FaultKind.OtherFatal => ("The runtime ended the program", "Read the message and the stack of the goroutine that raised it."),
        _ => ("The program panicked", "Read the message and the stack of the goroutine that raised it."),
    };
}
