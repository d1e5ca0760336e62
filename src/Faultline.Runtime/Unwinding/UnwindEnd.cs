namespace Faultline.Runtime.Unwinding;

/// <summary>Why unwinding came to its end.</summary>
public enum UnwindEnd
{
    /// <summary>The frame that a goroutine or thread starts with was reached.</summary>
    Complete,

    /// <summary>The memory at hand ends before the stack does.</summary>
    StackExhausted,

    /// <summary>Code that neither Go's tables nor a chain of frame pointers leads out of.</summary>
    UnknownCode,

    /// <summary>The stack goes on elsewhere, and where is not in the memory at hand.</summary>
    SwitchedStack,

    /// <summary>What was read cannot be a stack.</summary>
    Corrupt,

    /// <summary>There are more frames than room for them.</summary>
    FrameLimit,
}
