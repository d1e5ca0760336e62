namespace Faultline.Diagnosis.Memory;

/// <summary>What an object that an incident is about looked like in memory, to be drawn. Addresses are those of the process.</summary>
public abstract record ObjectPicture
{
    /// <summary>The input: the path of a core, or what names the process.</summary>
    public required string Source { get; init; }

    public required ulong Address { get; init; }

    /// <summary>Type of a map, of a channel's elements; null when it is not known.</summary>
    public string? Type { get; init; }
}
