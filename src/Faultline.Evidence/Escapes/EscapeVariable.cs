namespace Faultline.Evidence.Escapes;

/// <summary>What becomes of a func literal.</summary>
public enum ClosureFate
{
    /// <summary>The log does not say.</summary>
    Unknown,

    /// <summary>It does not escape.</summary>
    Stays,

    /// <summary>It is what a <c>go</c> statement starts, or a <c>defer</c> in a loop: the compiler explains both alike.</summary>
    GoOrDefer,

    /// <summary>It is what a <c>go</c> statement starts: the compiler made it for that.</summary>
    Go,

    /// <summary>It is what a <c>defer</c> runs.</summary>
    Defer,

    /// <summary>It is handed to a function that keeps it, or starts it.</summary>
    Passed,

    /// <summary>It is returned.</summary>
    Returned,

    /// <summary>It is kept elsewhere: assigned, put into something that escapes.</summary>
    Stored,
}

/// <summary>A func literal, or the function that the compiler makes for <c>go f(x)</c>.</summary>
/// <param name="Place">Of <c>func</c>, or of the statement.</param>
/// <param name="Name">Its symbol without the package, such as <c>serve.func1</c>; empty when the log does not say.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Expression">What it leaves through, such as <c>pair(func literal, func literal)</c>; empty when nothing is printed.</param>
/// <param name="At">Where.</param>
public sealed record EscapeClosure(EscapePlace Place, string Name, ClosureFate Fate, string Expression, EscapePlace At);

/// <summary>A func literal that holds on to a variable.</summary>
/// <param name="IsByValue">The literal has a copy (of a pointer, a map, a slice header); else the variable itself is shared.</param>
/// <param name="Use">The first use in the literal; <see cref="EscapePlace.Line"/> is 0 when it is not printed.</param>
/// <param name="Closure">The literal; null when it is not known.</param>
public sealed record EscapeCapture(bool IsByValue, EscapePlace Use, EscapeClosure? Closure);

/// <summary>A local variable, and all that a build log says about it.</summary>
public sealed record EscapeVariable
{
    public required string Name { get; init; }

    /// <summary>Where it is declared.</summary>
    public required EscapePlace Declared { get; init; }

    /// <summary>The function that declares it, without its package; empty when unknown.</summary>
    public required string Function { get; init; }

    public required string Package { get; init; }

    /// <summary>The compiler put it on the heap.</summary>
    public required bool IsMoved { get; init; }

    /// <summary>One-based line of the log that says so, else of the first that speaks of it.</summary>
    public required long LogLine { get; init; }

    /// <summary>Bytes; 0 when not printed (only captures print it).</summary>
    public required int Width { get; init; }

    /// <summary>Who holds on to it, by place.</summary>
    public required IReadOnlyList<EscapeCapture> Captures { get; init; }

    /// <summary>Why it escapes, in the order of the log.</summary>
    public required IReadOnlyList<EscapeExplanation> Reasons { get; init; }

    /// <summary>What it holds and why that escapes: <c>make([]int, n)</c>, <c>&amp;T{...}</c>.</summary>
    public required IReadOnlyList<EscapeExplanation> Contents { get; init; }
}
