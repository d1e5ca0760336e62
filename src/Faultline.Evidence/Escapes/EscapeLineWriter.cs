using System.Globalization;
using Faultline.Evidence.Carriers;

namespace Faultline.Evidence.Escapes;

/// <summary>Writes lines from their parts, as the compiler prints them: what was read and what is kept can be held against the log.</summary>
internal sealed class EscapeLineWriter
{
    private readonly ScratchText text = new();
    private readonly byte[] digits = new byte[16];

    /// <summary>The line written last; valid until the next.</summary>
    public ReadOnlySpan<byte> Span => text.Span;

    public void Write(in EscapeLine line)
    {
        text.Start(256);
        if (line.Kind == EscapeKind.Package)
        {
            Add("# "u8, line.Subject);
            return;
        }

        if (!line.IsPlaceless)
            WritePlace(line);
        if (!TryWriteEscape(line))
            WriteOther(line);
    }

    private void WritePlace(in EscapeLine line)
    {
        Add(line.Place);
        bool isTight = line.Kind == EscapeKind.Trace && (line.Subject.StartsWith("["u8) || line.Subject.EndsWith(" non-looping label"u8) || line.Subject.StartsWith("call to func "u8));
        Add(isTight ? ":"u8 : ": "u8);
    }

    private bool TryWriteEscape(in EscapeLine line)
    {
        switch (line.Kind)
        {
            case EscapeKind.MovedToHeap:
                Add("moved to heap: "u8, line.Subject);
                return true;
            case EscapeKind.EscapesToHeap:
                Add(line.Subject, " escapes to heap"u8);
                return true;
            case EscapeKind.DoesNotEscape:
                Add(line.Subject, " does not escape"u8);
                return true;
            case EscapeKind.LeaksToHeap:
                Add("leaking param: "u8, line.Subject);
                return true;
            case EscapeKind.LeaksContent:
                Add("leaking param content: "u8, line.Subject);
                return true;
            case EscapeKind.LeaksToResult:
                Add("leaking param: "u8, line.Subject, " to result "u8, line.Object, " level="u8);
                Add(line.Number);
                return true;
            case EscapeKind.EscapeReason:
                Add(line.Subject, " escapes to heap"u8);
                AddFunction(" in "u8, line);
                Add(":"u8);
                return true;
            case EscapeKind.LeakReason:
                Add("parameter "u8, line.Subject, " leaks to "u8, line.Object);
                AddFunction(" for "u8, line);
                Add(" with derefs="u8);
                Add(line.Number);
                Add(":"u8);
                return true;
            case EscapeKind.Flow:
                WriteFlow(line);
                return true;
            case EscapeKind.FlowStep:
                Add("    from "u8, line.Subject, " ("u8, line.Object, ") at "u8);
                Add(line.At);
                return true;
            case EscapeKind.FlowCycle:
                Add("  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518"u8);
                return true;
            default:
                return false;
        }
    }

    private void WriteFlow(in EscapeLine line)
    {
        Add("  flow: "u8, line.Object, line.Form == EscapeForm.Arrow ? " ← "u8 : " = "u8);
        if (line.Number < 0)
            Add("&"u8);
        for (int star = 0; star < line.Number; star++)
            Add("*"u8);
        Add(line.Subject, ":"u8);
    }

    private void WriteOther(in EscapeLine line)
    {
        switch (line.Kind)
        {
            case EscapeKind.Capture:
                Add(line.Function, " capturing by "u8, line.Form == EscapeForm.ByValue ? "value: "u8 : "ref: "u8, line.Subject, " (addr="u8);
                Add(line.IsAddressTaken ? "true"u8 : "false"u8, " assign="u8, line.IsAssigned ? "true"u8 : "false"u8, " width="u8);
                Add(line.Number);
                Add(")"u8);
                break;
            case EscapeKind.CanInline:
                Add("can inline "u8, line.Subject);
                AddNumber(" with cost "u8, line, " as: "u8);
                break;
            case EscapeKind.CannotInline:
                Add("cannot inline "u8, line.Subject, ": "u8, line.Object);
                break;
            case EscapeKind.CannotInlineCall:
                Add("cannot inline "u8, line.Subject, " into "u8, line.Function, ": "u8);
                Add(line.Object);
                break;
            case EscapeKind.InlinedCall:
                Add("inlining call to "u8, line.Subject);
                AddNumber(" with score "u8, line, default);
                break;
            case EscapeKind.Devirtualized:
                Add("devirtualizing "u8, line.Subject, " to "u8, line.Object);
                break;
            case EscapeKind.PartlyDevirtualized:
                Add("partially devirtualizing "u8, line.Subject, " to "u8, line.Object);
                break;
            case EscapeKind.ProfileDevirtualized:
                Add("PGO devirtualizing "u8, line.Form == EscapeForm.InterfaceCall ? "interface call "u8 : line.Form == EscapeForm.FunctionCall ? "function call "u8 : default, line.Subject, " to "u8, line.Object);
                break;
            case EscapeKind.CannotDevirtualize when line.Form == EscapeForm.Failed:
                Add("failed to devirtualize "u8, line.Subject, " ("u8, line.Object, ")"u8);
                break;
            case EscapeKind.CannotDevirtualize:
                Add(line.Form == EscapeForm.FunctionCall ? "should not PGO devirtualize "u8 : "cannot devirtualize "u8, line.Subject, ": "u8, line.Object);
                break;
            case EscapeKind.SelfAssignment:
                Add(line.Function, " ignoring self-assignment in "u8, line.Subject);
                break;
            case EscapeKind.ZeroCopy:
                Add("zero-copy string->[]byte conversion"u8);
                break;
            case EscapeKind.UnsafeUintptr:
                Add("assuming "u8, line.Subject, " is unsafe uintptr"u8);
                break;
            case EscapeKind.EscapingUintptr:
                Add("marking "u8, line.Subject, line.Form == EscapeForm.Variadic ? " as escaping ...uintptr"u8 : " as escaping uintptr"u8);
                break;
            case EscapeKind.BoundsCheckElided:
                Add("index bounds check elided"u8);
                break;
            case EscapeKind.BigFunction:
                Add("function "u8, line.Subject, " considered 'big'; reducing max cost of inlinees"u8);
                break;
            case EscapeKind.DeadClosure:
                Add("unreferenced closure "u8, line.Subject, " marked as dead"u8);
                break;
            case EscapeKind.ImpreciseCall:
                Add("imprecise interface call"u8);
                break;
            default:
                Add(line.Subject);
                break;
        }
    }

    private void AddFunction(ReadOnlySpan<byte> word, in EscapeLine line)
    {
        if (line.Form == EscapeForm.WithFunction)
            Add(word, line.Function);
    }

    private void AddNumber(ReadOnlySpan<byte> word, in EscapeLine line, ReadOnlySpan<byte> end)
    {
        if (line.Form != EscapeForm.WithNumber)
            return;
        Add(word);
        Add(line.Number);
        Add(end, line.Object);
    }

    private void Add(in EscapeLocation place)
    {
        if (place.File.IsEmpty)
        {
            Add("<unknown line number>"u8);
            return;
        }

        Add(place.File, ":"u8);
        Add(place.Line);
        if (place.Column == 0)
            return;
        Add(":"u8);
        Add(place.Column);
    }

    private void Add(int number)
    {
        if (number.TryFormat(digits, out int size, default, CultureInfo.InvariantCulture))
            text.Add(digits.AsSpan(0, size));
    }

    private void Add(ReadOnlySpan<byte> one, ReadOnlySpan<byte> two = default, ReadOnlySpan<byte> three = default, ReadOnlySpan<byte> four = default, ReadOnlySpan<byte> five = default)
    {
        text.Add(one);
        text.Add(two);
        text.Add(three);
        text.Add(four);
        text.Add(five);
    }
}
