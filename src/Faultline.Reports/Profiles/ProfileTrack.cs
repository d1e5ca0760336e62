using System.Runtime.InteropServices;

namespace Faultline.Reports.Profiles;

/// <summary>What a row of a time line is about: a goroutine, or a thread where no goroutine is known.</summary>
/// <param name="Goroutine">0 when not known.</param>
/// <param name="Thread">0 for a goroutine, which may change threads.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProfileTrack(int Process, ulong Goroutine, int Thread)
{
    public static ProfileTrack Of(int process, ulong goroutine, int thread) => new(process, goroutine, goroutine == 0 ? thread : 0);
}

/// <summary>Something that happened on a track, beside its samples; empty texts and zeros where something is not known.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProfileMarker
{
    /// <summary>Such as <c>map-write</c>.</summary>
    public required string Name { get; init; }

    public required ulong Start { get; init; }

    /// <summary>Null for what happens at once, or whose end is not known.</summary>
    public ulong? End { get; init; }

    /// <summary>The program died there.</summary>
    public bool IsDeath { get; init; }

    public ulong Goroutine { get; init; }

    /// <summary>The map, channel or lock.</summary>
    public ulong ObjectAddress { get; init; }

    public ulong Pc { get; init; }

    /// <summary>The programmer's line; null when not known.</summary>
    public ProfileFrame? Place { get; init; }

    public int Thread { get; init; }
}
