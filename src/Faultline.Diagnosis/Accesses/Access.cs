using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Accesses;

/// <summary>A logical frame of an access.</summary>
/// <param name="Function">Symbol name.</param>
/// <param name="File">Path after <c>--source-path</c>; empty when unknown.</param>
/// <param name="Line">One-based; 0 when unknown.</param>
/// <param name="Pc">Address as printed or derived (a return address except where <see cref="IsExactPc"/>); null when unknown.</param>
/// <param name="Inlined">True when the frame has no stack frame of its own.</param>
/// <param name="IsRuntime">True for frames of the runtime, so that a reader can fold them.</param>
/// <param name="IsExactPc">True when <paramref name="Pc"/> is the instruction itself.</param>
public sealed record AccessFrame(string Function, string File, int Line, ulong? Pc, bool Inlined, bool IsRuntime, bool IsExactPc);

/// <summary>The <c>go</c> statement that started a goroutine.</summary>
public sealed record CreatedBy(string Function, string File, int Line, long? Goroutine);

/// <summary>One goroutine (or, where only code is known, one line) touching one object.</summary>
public sealed record Access
{
    /// <summary>Goroutine id; null where only the line is known.</summary>
    public long? Goroutine { get; init; }

    /// <summary>The goroutine's status as printed; null without a goroutine.</summary>
    public string? Status { get; init; }

    public required AccessOperation Operation { get; init; }

    /// <summary>Source form, such as <c>sessions[key] = value</c>, or <c>m[key]</c> where the name is unknown.</summary>
    public required string Expression { get; init; }

    /// <summary>
    /// Address that a traceback shows for the access: after the call into the runtime, as in the running process when the log gives it,
    /// else as linked. Null without a binary and without a printed pc.
    /// </summary>
    public ulong? Pc { get; init; }

    /// <summary>Function of the user's line.</summary>
    public required string Function { get; init; }

    /// <summary>File of the user's line; empty when unknown.</summary>
    public required string File { get; init; }

    /// <summary>The user's line; 0 when unknown.</summary>
    public required int Line { get; init; }

    /// <summary>True when <see cref="Function"/> was inlined there.</summary>
    public bool Inlined { get; init; }

    /// <summary>The whole stack, innermost first; for a line without a goroutine the inlined frames only.</summary>
    public required IReadOnlyList<AccessFrame> Frames { get; init; }

    public CreatedBy? CreatedBy { get; init; }

    public required Confidence Confidence { get; init; }

    /// <summary>Name of the rule in docs/verdicts.md that decided.</summary>
    public required string Rule { get; init; }

    /// <summary>One sentence that says why, for the reader.</summary>
    public required string Why { get; init; }

    /// <summary>When it was entered, in nanoseconds from the fault on: negative before it. Null unless a recording tells.</summary>
    public long? Time { get; init; }

    /// <summary>Address of the object that it was seen to touch; null unless a recording tells.</summary>
    public ulong? ObjectAddress { get; init; }

    /// <summary>The machine code of the access; null when it is not known or nobody wanted it (<see cref="DiagnosisInputs.WantsCode"/>).</summary>
    public AccessCode? Code { get; init; }

    /// <summary>Ids of the evidence that it rests on.</summary>
    public required IReadOnlyList<int> Evidence { get; init; }
}
