namespace Faultline.Runtime.Values;

/// <summary>How much of a value is read.</summary>
public sealed record ValueLimits
{
    public static ValueLimits Default { get; } = new();

    /// <summary>The value alone, without what it points to.</summary>
    public static ValueLimits Shallow { get; } = new() { Depth = 2, ElementCount = 8, PointerDepth = 0 };

    /// <summary>Deepest nesting of structs, arrays and interfaces.</summary>
    public int Depth { get; init; } = 8;

    /// <summary>Pointers that are followed one after another.</summary>
    public int PointerDepth { get; init; } = 1;

    /// <summary>Most elements of one array, slice or map.</summary>
    public int ElementCount { get; init; } = 64;

    /// <summary>Longest text in bytes.</summary>
    public int TextSize { get; init; } = 256;

    /// <summary>Most values altogether.</summary>
    public int TotalCount { get; init; } = 10_000;
}
