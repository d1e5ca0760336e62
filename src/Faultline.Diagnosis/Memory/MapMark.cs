namespace Faultline.Diagnosis.Memory;

/// <summary>What a mark in the picture of a map rests on.</summary>
public enum MapMarkBasis
{
    /// <summary>The key that the call was given, which its frame holds, and which was looked for in the map.</summary>
    Key,

    /// <summary>An address in the frame, or in the registers, of a call that has hashed its key.</summary>
    Address,
}

/// <summary>Where in a map one of the goroutines that fought over it was at work.</summary>
public sealed record MapMark
{
    public required long Goroutine { get; init; }

    /// <summary>The runtime's function whose frame tells it.</summary>
    public required string Function { get; init; }

    public required MapMarkBasis Basis { get; init; }

    /// <summary>On one line, cut; null when only an address is known.</summary>
    public string? Key { get; init; }

    /// <summary>The bucket or group; null when the key was not found.</summary>
    public MapPlace? Place { get; init; }

    /// <summary>The whole map was read and lacks the key.</summary>
    public bool IsAbsent { get; init; }
}
