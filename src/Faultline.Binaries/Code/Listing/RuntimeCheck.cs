namespace Faultline.Binaries.Code.Listing;

/// <summary>What the compiler put an instruction there for, when it is not the programmer's own code.</summary>
public enum RuntimeCheck
{
    /// <summary>Nothing known.</summary>
    None,

    /// <summary>Compares the stack pointer with the stack's limit, and jumps.</summary>
    StackCheck,

    /// <summary>Grows the stack.</summary>
    StackGrowth,

    /// <summary>Asks whether the garbage collector wants to see pointers that are written, or shows it one.</summary>
    WriteBarrier,

    /// <summary>Faults when a pointer is nil.</summary>
    NilCheck,

    /// <summary>Compares an index or a length with its bounds and jumps, or panics because it is outside.</summary>
    BoundsCheck,

    /// <summary>The same for a divisor of zero.</summary>
    DivideCheck,

    /// <summary>The same for a negative shift.</summary>
    ShiftCheck,

    /// <summary>The same for a type assertion.</summary>
    TypeAssertion,

    /// <summary>Panics, throws or ends the program otherwise.</summary>
    Panic,

    /// <summary>Tells the race detector.</summary>
    RaceDetector,
}

/// <summary>What calls of the runtime's functions are for, by symbol name.</summary>
internal static class RuntimeChecks
{
    public static RuntimeCheck OfCallee(string name)
    {
        if (!name.StartsWith("runtime.", StringComparison.Ordinal))
            return RuntimeCheck.None;
        ReadOnlySpan<char> function = name.AsSpan("runtime.".Length);
        if (function.EndsWith(".abi0", StringComparison.Ordinal))
            function = function[..^".abi0".Length];
        if (function.StartsWith("morestack", StringComparison.Ordinal))
            return RuntimeCheck.StackGrowth;
        if (function.StartsWith("gcWriteBarrier", StringComparison.Ordinal) || function is "wbZero" or "wbMove")
            return RuntimeCheck.WriteBarrier;
        if (function.StartsWith("panicIndex", StringComparison.Ordinal) || function.StartsWith("panicSlice", StringComparison.Ordinal)
            || function.StartsWith("goPanicIndex", StringComparison.Ordinal) || function.StartsWith("goPanicSlice", StringComparison.Ordinal)
            || function.StartsWith("panicBounds", StringComparison.Ordinal) || function.StartsWith("goPanicExtend", StringComparison.Ordinal))
        {
            return RuntimeCheck.BoundsCheck;
        }

        if (function.StartsWith("race", StringComparison.Ordinal))
            return RuntimeCheck.RaceDetector;
        return function switch
        {
            "panicdivide" => RuntimeCheck.DivideCheck,
            "panicshift" => RuntimeCheck.ShiftCheck,
            "panicdottypeE" or "panicdottypeI" or "panicnildottype" => RuntimeCheck.TypeAssertion,
            "gopanic" or "throw" or "fatal" or "fatalthrow" or "fatalpanic" or "panicmem" or "panicnil" or "panicwrap" or "panicmakeslicelen" or "panicmakeslicecap" or "panicoverflow" or "panicfloat" => RuntimeCheck.Panic,
            _ => RuntimeCheck.None,
        };
    }

    /// <summary>True for what a jump to it is named after.</summary>
    public static bool NamesItsJump(RuntimeCheck check) =>
        check is RuntimeCheck.StackGrowth or RuntimeCheck.BoundsCheck or RuntimeCheck.DivideCheck or RuntimeCheck.ShiftCheck or RuntimeCheck.TypeAssertion;
}
