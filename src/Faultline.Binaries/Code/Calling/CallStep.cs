using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>How control comes from one function into another.</summary>
public enum CallStepKind
{
    /// <summary>A call of this function and no other.</summary>
    Call,

    /// <summary>A jump to this function in place of a call and a return: the caller is in no traceback.</summary>
    TailCall,

    /// <summary>A deferred call: it runs when the caller returns or panics, in tracebacks below <c>runtime.deferreturn</c> or <c>runtime.gopanic</c>.</summary>
    Deferred,

    /// <summary>A call of a func value: closures, method values, functions passed on.</summary>
    FunctionValue,

    /// <summary>A call of an interface's method.</summary>
    Interface,

    /// <summary>The caller makes the closure or takes the function as a value. Where that is called did not show; mostly it is called by what the caller calls.</summary>
    Made,
}

/// <summary>One step of a call path: a place in one function from which another one can be entered.</summary>
/// <param name="Kind">How.</param>
/// <param name="Caller">The function that is left.</param>
/// <param name="Callee">The function that is entered.</param>
/// <param name="Address">Address of the call instruction; for <see cref="CallStepKind.Made"/> of the instruction that names the function.</param>
/// <param name="Candidates">How many functions the place can enter: 1 is proven, more is a set of which <paramref name="Callee"/> is a member.</param>
/// <param name="Method">For calls through an interface of known type its method, such as <c>io.Writer.Write</c>; else empty.</param>
/// <param name="Frames">Logical frames at the address, innermost first.</param>
public sealed record CallStep(CallStepKind Kind, FuncInfo Caller, FuncInfo Callee, ulong Address, int Candidates, string Method, IReadOnlyList<SourceFrame> Frames)
{
    /// <summary>True when the compiler made the caller to call another function (method wrappers, <c>gowrap</c>): tracebacks leave it out.</summary>
    public bool IsInWrapper { get; init; }

    /// <summary>True when the code at this place enters this function and no other.</summary>
    public bool IsProven => Candidates == 1 && Kind != CallStepKind.Made;
}
