using Faultline.Evidence.Escapes;

namespace Faultline.Diagnosis.Escapes;

/// <summary>A func literal that holds a variable, and whose code it is.</summary>
/// <param name="Capture">What the compiler said.</param>
/// <param name="Sides">The sides that ran in it, by their index; empty when none is known to have.</param>
/// <param name="IsStarted">One of those sides is a goroutine that the statement at the literal started: the records say the same line.</param>
public sealed record EscapeHolder(EscapeCapture Capture, IReadOnlyList<int> Sides, bool IsStarted);

/// <summary>Where a variable that goroutines share escaped, by the output of the compiler that built the program.</summary>
/// <param name="Source">The build log: a path, or <c>-</c>.</param>
/// <param name="Variable">The variable.</param>
/// <param name="Holders">Who holds it, by place.</param>
/// <param name="IsByLine">
/// The source was not there to name the variable: it is the only one that the literal of that line is known to use there first. It need not be the one that
/// was raced for.
/// </param>
public sealed record VariableEscape(string Source, EscapeVariable Variable, IReadOnlyList<EscapeHolder> Holders, bool IsByLine);
