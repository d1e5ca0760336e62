namespace Faultline.Diagnosis.Verdicts;

/// <summary>How sure a statement is; follows from the written rules in docs/verdicts.md, never from taste. Ordered.</summary>
public enum Confidence
{
    /// <summary>Same map type and reachable code; the object itself was not observed.</summary>
    Possible,

    /// <summary>The same object on both sides with overlap inferred, or the one suspect left after exclusion by stated facts.</summary>
    Probable,

    /// <summary>Observed directly.</summary>
    Confirmed,
}
