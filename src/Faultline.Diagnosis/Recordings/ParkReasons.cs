using System.Runtime.InteropServices;

namespace Faultline.Diagnosis.Recordings;

/// <summary>
/// Which wait reasons show that a goroutine is not inside a map operation. Map code allocates, so it can park for the garbage collector, and a collection
/// that it starts waits for semaphores; it never sleeps, waits for a channel, a lock of package sync or the network. The runtime renumbers
/// its reasons from release to release (<c>runtime/runtime2.go</c>, <c>waitReasonStrings</c>).
/// </summary>
internal static class ParkReasons
{
    /// <summary>From the first release on: numbers that end a map operation.</summary>
    private static readonly (int FirstRelease, Range[] Ranges)[] s_tables =
    [
        (26, [new(2, 2), new(14, 25), new(42, 45)]),
        (25, [new(2, 4), new(9, 10), new(14, 15), new(20, 25), new(42, 45)]),
        (24, [new(2, 4), new(9, 10), new(14, 15), new(19, 24), new(41, 43)]),
        (21, [new(2, 4), new(9, 10), new(14, 15), new(19, 23)]),
        (19, [new(2, 4), new(9, 10), new(14, 15), new(19, 20)]),
    ];

    /// <summary>False for unknown releases and reasons: then the operation counts as going on.</summary>
    /// <param name="release">Minor version of Go; null when unknown.</param>
    /// <param name="reason">The number that <c>runtime.gopark</c> was called with.</param>
    public static bool EndsMapOperation(int? release, ulong reason)
    {
        foreach (var (first, ranges) in s_tables)
        {
            if (release >= first)
                return Array.Exists(ranges, range => reason >= range.First && reason <= range.Last);
        }

        return false;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Range(ulong First, ulong Last);
}
