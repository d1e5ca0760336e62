using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>Why a path starts where it does.</summary>
public enum CallRootKind
{
    /// <summary>A go statement starts the function.</summary>
    Goroutine,

    /// <summary><c>main.main</c>.</summary>
    Main,

    /// <summary>Package initialisation, which runs on the main goroutine.</summary>
    Initialization,

    /// <summary>A function that C code calls.</summary>
    Export,

    /// <summary>The function that was asked for.</summary>
    Asked,

    /// <summary>A func value that was not followed everywhere, and there are go statements that start a func value of which it is not known what it is, such as the one behind <c>time.AfterFunc</c>.</summary>
    FunctionValue,
}

/// <summary>A function in which goroutines start, and the best path from it.</summary>
/// <param name="Kind">What starts it.</param>
/// <param name="Function">The function.</param>
/// <param name="Statements">The go statements that start it, or could; empty for other kinds.</param>
/// <param name="Steps">From the root to the function that was asked about; empty when they are the same.</param>
public sealed record CallRoot(CallRootKind Kind, FuncInfo Function, IReadOnlyList<GoStatement> Statements, IReadOnlyList<CallStep> Steps)
{
    /// <summary>True when every step is (<see cref="CallStep.IsProven"/>).</summary>
    public bool IsProven => Kind != CallRootKind.FunctionValue && Steps.All(step => step.IsProven);

    /// <summary>True when the function belongs to the program rather than to Go's own packages.</summary>
    public bool IsUserCode => !StandardLibrary.HasFunction(Function.Name);
}
