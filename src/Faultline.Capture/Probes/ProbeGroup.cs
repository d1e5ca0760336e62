using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Capture.Machine;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>
/// The name of a recording's group of probes: <c>faultline_</c> and eight hex digits that hold the recorder's process id (22 bits, the most
/// that Linux gives out) and a digest of its start time (10 bits), so that anyone can tell whether its recorder still lives.
/// </summary>
/// <param name="ProcessId">The recorder.</param>
/// <param name="StartDigest">See <see cref="DigestOf"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProbeGroup(int ProcessId, int StartDigest)
{
    private const int DigestBits = 10;

    /// <summary>False for a group that people set by hand, from a printed plan: it is theirs to take away.</summary>
    public bool HasRecorder => ProcessId != 0;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{ProbeName.GroupPrefix}_{((uint)ProcessId << DigestBits) | (uint)StartDigest:x8}");

    /// <summary>The group of recordings that this process makes.</summary>
    public static ProbeGroup Own() => new(Environment.ProcessId, DigestOf(ProcessFacts.StartTicks(Environment.ProcessId) ?? 0));

    /// <summary>A group for a plan that is only printed.</summary>
    public static ProbeGroup ByHand() => new(0, DigestOf((ulong)DateTime.UtcNow.Ticks));

    /// <summary>The low bits of a start time in clock ticks since boot (field 22 of <c>/proc/PID/stat</c>), mixed.</summary>
    public static int DigestOf(ulong startTicks) => (int)((startTicks * 0x9E37_79B9_7F4A_7C15) >> (64 - DigestBits));

    public static bool TryParse(string name, out ProbeGroup group)
    {
        group = default;
        if (!name.StartsWith(ProbeName.GroupPrefix + "_", StringComparison.Ordinal)
            || name.Length != ProbeName.GroupPrefix.Length + 9
            || !uint.TryParse(name.AsSpan(ProbeName.GroupPrefix.Length + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            return false;
        group = new ProbeGroup((int)(value >> DigestBits), (int)(value & ((1 << DigestBits) - 1)));
        return true;
    }

    public override string ToString() => Name;
}
