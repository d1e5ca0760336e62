namespace Faultline.Runtime.Unwinding;

/// <summary>How a frame leads to its caller.</summary>
internal enum FrameRule : byte
{
    /// <summary>Not Go's code, or code without a table of frame sizes.</summary>
    Unknown,

    /// <summary>By the size of the frame.</summary>
    Table,

    /// <summary>By the size of the frame; the caller did not call but was made to look so, at an exact address: a fault or an asynchronous preemption.</summary>
    Injected,

    /// <summary>By the size of the frame; the thread looks for its next goroutine, and has left the one whose stack it came from.</summary>
    Schedule,

    /// <summary>By the size of the frame in the thread that called it; the thread that it makes begins here, on an empty stack (<c>clone</c>).</summary>
    Clone,

    /// <summary>There is no caller.</summary>
    Top,

    /// <summary>The kernel called it, with the interrupted registers above its frame.</summary>
    SignalEntry,

    /// <summary>The code that gives the interrupted registers back to the kernel: they begin at the stack pointer.</summary>
    SignalReturn,

    /// <summary>On the thread's own stack, with the goroutine's in its g (<c>systemstack</c>).</summary>
    SystemStack,

    /// <summary>On the thread's own stack, from a function that wants a larger one.</summary>
    MoreStack,

    /// <summary>On the thread's own stack for good: the goroutine that called it waits, or is about to.</summary>
    Mcall,

    /// <summary>On the thread's own stack, where it noted the goroutine and the depth of its stack.</summary>
    AsmCgoCall,

    /// <summary>Already on the stack of the goroutine that it is about to start.</summary>
    Gogo,

    /// <summary>On another stack, that of the thread if the runtime asks for the time.</summary>
    Elsewhere,
}
