namespace Faultline.Evidence.Tracebacks;

/// <summary>One goroutine as printed. Frames are made on demand from compact storage, so that a million goroutines fit in memory.</summary>
public sealed class GoroutineTrace
{
    public GoroutineHeader Header => throw new NotSupportedException("TODO-STUB");

    public long Id => throw new NotSupportedException("TODO-STUB");

    public string Status => throw new NotSupportedException("TODO-STUB");

    /// <summary>True for "goroutine running on other thread; stack unavailable".</summary>
    public bool IsStackUnavailable => throw new NotSupportedException("TODO-STUB");

    /// <summary>The shared stack.</summary>
    public StackTrace Stack => throw new NotSupportedException("TODO-STUB");

    /// <summary>Innermost first, with arguments and log lines.</summary>
    public IReadOnlyList<TracebackFrame> Frames => throw new NotSupportedException("TODO-STUB");

    public Creation? CreatedBy => throw new NotSupportedException("TODO-STUB");

    public IReadOnlyList<Ancestor> Ancestors => throw new NotSupportedException("TODO-STUB");
}
