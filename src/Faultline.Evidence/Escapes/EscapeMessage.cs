using System.Buffers.Text;

namespace Faultline.Evidence.Escapes;

/// <summary>Sorts what stands behind the place. Order matters: an expression of the program may hold the words of another kind.</summary>
internal static class EscapeMessage
{
    /// <summary>Reads the text behind <c>FILE:LINE:COL: </c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        if (text.StartsWith("  "u8))
            ReadExplanation(text, ref line);
        else if (!TryVerdict(text, ref line) && !TryHead(text, ref line) && !TryInlining(text, ref line) && !TryDevirtualizing(text, ref line) && !TryParameter(text, ref line))
            ReadRest(text, ref line);
        return line.Kind != EscapeKind.Other;
    }

    /// <summary>What <c>-m=3</c> prints right behind the place: <c>[1] f stmt: …</c>, <c>label l</c>.</summary>
    public static void ReadTrace(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        bool isStatement = text.StartsWith("["u8) && text.IndexOf(" stmt: "u8) > 0;
        if (isStatement || text.EndsWith(" non-looping label"u8) || text.StartsWith("call to func "u8))
            Take(ref line, EscapeKind.Trace, text);
    }

    private static void ReadExplanation(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (Skip(ref rest, "    from "u8))
            ReadStep(rest, ref line);
        else if (Skip(ref rest, "  flow: "u8) && rest.EndsWith(":"u8))
            ReadFlow(rest[..^1], ref line);
        else if (Skip(ref rest, "  "u8) && rest.SequenceEqual("warning: truncated explanation due to assignment cycle; see golang.org/issue/35518"u8))
            line.Kind = EscapeKind.FlowCycle;
    }

    private static void ReadStep(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        int at = text.LastIndexOf(") at "u8);
        int open = at < 0 ? -1 : text[..at].LastIndexOf(" ("u8);
        if (open < 0 || !EscapeLocation.TryRead(text[(at + ") at ".Length)..], out line.At))
            return;
        Take(ref line, EscapeKind.FlowStep, text[..open]);
        line.Object = text[(open + 2)..at];
    }

    private static void ReadFlow(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        int split = text.IndexOf(" ← "u8);
        int size = " ← "u8.Length;
        line.Form = EscapeForm.Arrow;
        if (split < 0)
        {
            line.Form = EscapeForm.Plain;
            size = " = "u8.Length;
            split = EqualsSign(text);
        }

        if (split <= 0)
            return;
        ReadOnlySpan<byte> source = text[(split + size)..];
        int stars = source.IndexOfAnyExcept((byte)'*');
        if (stars < 0)
            return;
        bool isAddress = stars == 0 && source[0] == '&';
        line.Number = isAddress ? -1 : stars;
        Take(ref line, EscapeKind.Flow, isAddress ? source[1..] : source[stars..]);
        line.Object = text[..split];
    }

    /// <summary>The sign between target and source: an expression in braces may hold others.</summary>
    private static int EqualsSign(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("{storage for "u8))
            return text.IndexOf(" = "u8);
        int close = text.IndexOf("} = "u8);
        return close < 0 ? text.IndexOf(" = "u8) : close + 1;
    }

    private static bool TryVerdict(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (Skip(ref rest, "moved to heap: "u8))
            Take(ref line, EscapeKind.MovedToHeap, rest);
        else if (SkipEnd(ref rest, " escapes to heap"u8) && !IsAnotherKind(text))
            Take(ref line, EscapeKind.EscapesToHeap, rest);
        else if (SkipEnd(ref rest, " does not escape"u8) && !IsAnotherKind(text))
            Take(ref line, EscapeKind.DoesNotEscape, rest);
        return line.Kind != EscapeKind.Other;
    }

    /// <summary>A body that is printed, or a reason, may end with any words.</summary>
    private static bool IsAnotherKind(ReadOnlySpan<byte> text) => text.StartsWith("can inline "u8) || text.StartsWith("cannot inline "u8);

    private static bool TryHead(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (!SkipEnd(ref rest, ":"u8))
            return false;
        if (Skip(ref rest, "parameter "u8))
            return TryLeak(rest, ref line);
        if (IsAnotherKind(text))
            return false;
        if (SkipEnd(ref rest, " escapes to heap"u8))
        {
            Take(ref line, EscapeKind.EscapeReason, rest);
            return true;
        }

        int split = rest.LastIndexOf(" escapes to heap in "u8);
        if (split <= 0)
            return false;
        Take(ref line, EscapeKind.EscapeReason, rest[..split]);
        line.Function = rest[(split + " escapes to heap in ".Length)..];
        line.Form = EscapeForm.WithFunction;
        return true;
    }

    private static bool TryLeak(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        int with = rest.LastIndexOf(" with derefs="u8);
        if (with < 0 || !TryNumber(rest[(with + " with derefs=".Length)..], out line.Number))
            return false;
        rest = rest[..with];
        int leaks = rest.IndexOf(" leaks to "u8);
        if (leaks <= 0)
            return false;
        Take(ref line, EscapeKind.LeakReason, rest[..leaks]);
        line.Object = rest[(leaks + " leaks to ".Length)..];
        int end = line.Object.LastIndexOf("} for "u8) is > 0 and var close ? close + 1 : line.Object.StartsWith("{"u8) ? -1 : line.Object.IndexOf(" for "u8);
        if (end <= 0)
            return true;
        line.Function = line.Object[(end + " for ".Length)..];
        line.Object = line.Object[..end];
        line.Form = EscapeForm.WithFunction;
        return true;
    }

    private static bool TryInlining(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (Skip(ref rest, "can inline "u8))
            ReadCanInline(rest, ref line);
        else if (Skip(ref rest, "cannot inline "u8))
            ReadCannotInline(rest, ref line);
        else if (Skip(ref rest, "inlining call to "u8))
            ReadCall(rest, ref line);
        return line.Kind != EscapeKind.Other;
    }

    private static void ReadCanInline(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        Take(ref line, EscapeKind.CanInline, rest);
        int with = rest.IndexOf(" with cost "u8);
        if (with < 0)
            return;
        ReadOnlySpan<byte> cost = rest[(with + " with cost ".Length)..];
        int used = cost.IndexOf(" as: "u8);
        if (used < 0 || !TryNumber(cost[..used], out line.Number))
            return;
        line.Subject = rest[..with];
        line.Object = cost[(used + " as: ".Length)..];
        line.Form = EscapeForm.WithNumber;
    }

    private static void ReadCannotInline(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        int colon = rest.IndexOf(": "u8);
        if (colon <= 0)
            return;
        Take(ref line, EscapeKind.CannotInline, rest[..colon]);
        line.Object = rest[(colon + 2)..];
        int into = line.Subject.IndexOf(" into "u8);
        if (into <= 0)
            return;
        line.Kind = EscapeKind.CannotInlineCall;
        line.Function = line.Subject[(into + " into ".Length)..];
        line.Subject = line.Subject[..into];
    }

    private static void ReadCall(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        Take(ref line, EscapeKind.InlinedCall, rest);
        int with = rest.LastIndexOf(" with score "u8);
        if (with <= 0 || !TryNumber(rest[(with + " with score ".Length)..], out line.Number))
            return;
        line.Subject = rest[..with];
        line.Form = EscapeForm.WithNumber;
    }

    private static bool TryDevirtualizing(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (Skip(ref rest, "devirtualizing "u8))
            return TrySplit(rest, " to "u8, EscapeKind.Devirtualized, ref line);
        if (Skip(ref rest, "partially devirtualizing "u8))
            return TrySplit(rest, " to "u8, EscapeKind.PartlyDevirtualized, ref line);
        if (Skip(ref rest, "PGO devirtualizing "u8))
        {
            line.Form = Skip(ref rest, "interface call "u8) ? EscapeForm.InterfaceCall : Skip(ref rest, "function call "u8) ? EscapeForm.FunctionCall : EscapeForm.Plain;
            return TrySplit(rest, " to "u8, EscapeKind.ProfileDevirtualized, ref line);
        }

        if (Skip(ref rest, "cannot devirtualize "u8) || Skip(ref rest, "should not PGO devirtualize "u8))
        {
            line.Form = text[0] == 's' ? EscapeForm.FunctionCall : EscapeForm.Plain;
            return TrySplit(rest, ": "u8, EscapeKind.CannotDevirtualize, ref line);
        }

        if (!Skip(ref rest, "failed to devirtualize "u8) || !SkipEnd(ref rest, ")"u8))
            return false;
        line.Form = EscapeForm.Failed;
        return TrySplit(rest, " ("u8, EscapeKind.CannotDevirtualize, ref line);
    }

    private static bool TryParameter(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (Skip(ref rest, "leaking param content: "u8))
            Take(ref line, EscapeKind.LeaksContent, rest);
        else if (Skip(ref rest, "leaking param: "u8))
            ReadLeak(rest, ref line);
        else if (Skip(ref rest, "assuming "u8) && SkipEnd(ref rest, " is unsafe uintptr"u8))
            Take(ref line, EscapeKind.UnsafeUintptr, rest);
        else if (text.StartsWith("marking "u8) && SkipEnd(ref rest, "uintptr"u8))
            ReadMarking(text["marking ".Length..], ref line);
        return line.Kind != EscapeKind.Other;
    }

    private static void ReadLeak(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        Take(ref line, EscapeKind.LeaksToHeap, rest);
        int to = rest.IndexOf(" to result "u8);
        int level = rest.LastIndexOf(" level="u8);
        if (to <= 0 || level < to || !TryNumber(rest[(level + " level=".Length)..], out line.Number))
            return;
        line.Kind = EscapeKind.LeaksToResult;
        line.Subject = rest[..to];
        line.Object = rest[(to + " to result ".Length)..level];
    }

    private static void ReadMarking(ReadOnlySpan<byte> rest, ref EscapeLine line)
    {
        line.Form = rest.EndsWith(" as escaping ...uintptr"u8) ? EscapeForm.Variadic : EscapeForm.Plain;
        if (SkipEnd(ref rest, " as escaping ...uintptr"u8) || SkipEnd(ref rest, " as escaping uintptr"u8))
            Take(ref line, EscapeKind.EscapingUintptr, rest);
    }

    private static void ReadRest(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        ReadOnlySpan<byte> rest = text;
        if (CaptureMessage.TryRead(text, ref line))
            return;
        if (Skip(ref rest, "function "u8) && SkipEnd(ref rest, " considered 'big'; reducing max cost of inlinees"u8))
            Take(ref line, EscapeKind.BigFunction, rest);
        else if (text.StartsWith("unreferenced closure "u8) && SkipEnd(ref rest, " marked as dead"u8))
            Take(ref line, EscapeKind.DeadClosure, rest["unreferenced closure ".Length..]);
        else if (text.SequenceEqual("zero-copy string->[]byte conversion"u8))
            line.Kind = EscapeKind.ZeroCopy;
        else if (text.SequenceEqual("index bounds check elided"u8))
            line.Kind = EscapeKind.BoundsCheckElided;
        else if (text.SequenceEqual("imprecise interface call"u8))
            line.Kind = EscapeKind.ImpreciseCall;
        else if (text.EndsWith(" will be kept alive"u8) || text.StartsWith("skip inlining within testing.B.loop for "u8) || text.SequenceEqual("expr is unknown to bloop pass"u8))
            Take(ref line, EscapeKind.KeptAlive, text);
        else if (text.StartsWith("loop variable "u8) && text.IndexOf(" now per-iteration, "u8) > 0)
            Take(ref line, EscapeKind.LoopVariable, text);
        else if (text.StartsWith("Before inlining: "u8) || text.StartsWith("After inlining "u8) || text.EndsWith(" looping label"u8))
            Take(ref line, EscapeKind.Trace, text);
        else
            ReadSelfAssignment(text, ref line);
    }

    private static void ReadSelfAssignment(ReadOnlySpan<byte> text, ref EscapeLine line)
    {
        int split = text.IndexOf(" ignoring self-assignment in "u8);
        if (split <= 0)
            return;
        Take(ref line, EscapeKind.SelfAssignment, text[(split + " ignoring self-assignment in ".Length)..]);
        line.Function = text[..split];
    }

    private static bool TrySplit(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, EscapeKind kind, ref EscapeLine line)
    {
        int split = text.LastIndexOf(word);
        if (split <= 0)
            return false;
        Take(ref line, kind, text[..split]);
        line.Object = text[(split + word.Length)..];
        return true;
    }

    /// <summary>Takes a kind with its subject; a line that is cut off before that is none.</summary>
    internal static void Take(ref EscapeLine line, EscapeKind kind, ReadOnlySpan<byte> subject)
    {
        if (subject.IsEmpty)
            return;
        line.Kind = kind;
        line.Subject = subject;
    }

    /// <summary>A number that is printed as the compiler prints it: no sign, no zero in front.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, out int number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && (text[0] is >= (byte)'1' and <= (byte)'9' || text.SequenceEqual("0"u8) || (text.Length > 1 && text[0] == '-' && text[1] is >= (byte)'1' and <= (byte)'9'));

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> word)
    {
        if (!rest.StartsWith(word))
            return false;
        rest = rest[word.Length..];
        return true;
    }

    private static bool SkipEnd(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> word)
    {
        if (!rest.EndsWith(word))
            return false;
        rest = rest[..^word.Length];
        return true;
    }
}
