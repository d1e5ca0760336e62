namespace Faultline.Evidence.Carriers;

/// <summary>The numbered remarks of the unwrapping; docs/diagnostics.md explains them.</summary>
public static class CarrierDiagnostics
{
    /// <summary>A compressed input is damaged or cut off; what came before was used.</summary>
    public const string DamagedPacking = "CARRIER0001";

    /// <summary>A compressed input holds a program or a core dump.</summary>
    public const string PackedProgram = "CARRIER0002";

    /// <summary>Compressed files within compressed files beyond the cap.</summary>
    public const string PackedTooDeep = "CARRIER0003";

    /// <summary>More streams than the cap; the rest was dropped.</summary>
    public const string TooManyStreams = "CARRIER0004";

    /// <summary>A line put together from partial ones is longer than the cap; its end was dropped.</summary>
    public const string PartialLineTooLong = "CARRIER0005";

    /// <summary>Records that look like JSON and are not.</summary>
    public const string BrokenRecords = "CARRIER0006";

    /// <summary>The streams take turns too often to remember every line's place.</summary>
    public const string LinesEstimated = "CARRIER0007";
}
