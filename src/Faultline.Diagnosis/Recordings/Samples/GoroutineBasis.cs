namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>What the goroutine of a sample is known by.</summary>
public enum GoroutineBasis
{
    /// <summary>It is not known.</summary>
    None,

    /// <summary>The g register held the same g as at a probe that read the goroutine's id, and g has not changed hands since.</summary>
    GoroutinePointer,

    /// <summary>The last probe on the thread was that goroutine's, and nothing recorded since says that it left the thread.</summary>
    Thread,
}
