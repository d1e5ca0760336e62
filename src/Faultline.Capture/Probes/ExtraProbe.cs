namespace Faultline.Capture.Probes;

/// <summary>What <c>--probe</c> asks for: a family of the runtime's functions, or one function by its name.</summary>
/// <param name="Word">As given: <c>map</c>, <c>chan</c>, <c>sync</c>, <c>slice</c>, <c>syncmap</c>, or a function's name.</param>
public readonly record struct ExtraProbe(string Word)
{
    /// <summary>The words that stand for families.</summary>
    public static IReadOnlyList<string> Families { get; } = ["map", "chan", "sync", "slice", "syncmap"];

    public bool IsFamily => Families.Contains(Word, StringComparer.Ordinal);
}
