using System.Buffers;
using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>
/// Reads the lines below one goroutine header. A frame is two lines and other threads may print between them, so the first waits
/// for the second; a line that merely could be a C function's name waits too, but gives way to everything better.
/// </summary>
internal sealed class BlockReader(StackRecorder recorder, FrameTable frames)
{
    private readonly ArrayBufferWriter<byte> waiting = new();
    private Waiting kind;
    private long waitingLine;
    private bool isWaitingAfterBlank;
    private bool isBlankSeen;
    private AncestorReader? ancestors;

    private enum Waiting
    {
        Nothing,
        Doubtful,
        Call,
        Creation,
    }

    public bool IsUnavailable { get; private set; }

    /// <summary>A function or creator still lacks its file line.</summary>
    public bool IsInsideFrame => kind is Waiting.Call or Waiting.Creation;

    /// <summary>The next line may be guessed from other stacks.</summary>
    public bool IsBetweenFrames => kind == Waiting.Nothing && !isBlankSeen && ancestors is null && recorder.CanAddFrames;

    public void Begin(long headerLine)
    {
        kind = Waiting.Nothing;
        isBlankSeen = false;
        IsUnavailable = false;
        ancestors = null;
        recorder.Begin(headerLine);
    }

    /// <summary>Ends the block; true when it ended in the middle.</summary>
    public bool End(out IReadOnlyList<Ancestor> olderStacks)
    {
        bool isCut = IsInsideFrame || (recorder is { FrameCount: 0, CanAddFrames: true } && !IsUnavailable);
        GiveUpWaiting();
        olderStacks = ancestors?.Finish() ?? [];
        return isCut;
    }

    public void Blank()
    {
        isBlankSeen = true;
        if (kind == Waiting.Doubtful)
            kind = Waiting.Nothing;
    }

    /// <summary>Takes a line that is not empty; false when it is no part of the block.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, long number)
    {
        if (line[0] == '\t')
            return TryTakePlace(line);
        if (CreationLine.TryParse(line, out _))
            return Wait(Waiting.Creation, line, number);
        if (AncestorReader.TryParse(line, out long origin))
        {
            GiveUpWaiting();
            ancestors ??= new AncestorReader(frames);
            ancestors.Start(origin, number);
            return true;
        }

        if (TryTakeSingle(line, number))
            return true;
        bool isCall = CallLine.TryParse(line, out CallLine call);
        if (isCall && call.IsCertain)
            return (recorder.CanAddFrames || ancestors is not null) && Wait(Waiting.Call, line, number);
        if (!IsInsideFrame && !isBlankSeen && line.Length <= TracebackLimits.ArgumentTextSize)
            Wait(Waiting.Doubtful, line, number);
        return false;
    }

    /// <summary>Lines that are frames of their own.</summary>
    private bool TryTakeSingle(ReadOnlySpan<byte> line, long number)
    {
        if (line[0] == '.' && ElisionLine.TryParse(line, out int? count))
        {
            GiveUpWaiting();
            if (ancestors is null)
                recorder.AddElision(line, count, number);
            return true;
        }

        if (line[0] == 'n' && line.StartsWith("non-Go function at pc="u8) && Digits.TryHexLiteral(line["non-Go function at pc="u8.Length..], out ulong pc))
        {
            GiveUpWaiting();
            recorder.AddNonGo(line, pc, number);
            return true;
        }

        return false;
    }

    private bool TryTakePlace(ReadOnlySpan<byte> line)
    {
        if (kind == Waiting.Nothing || !PlaceLine.TryParse(line, out PlaceLine place))
        {
            bool isUnavailable = line.SequenceEqual("\tgoroutine running on other thread; stack unavailable"u8);
            IsUnavailable |= isUnavailable;
            return isUnavailable;
        }

        Waiting taken = kind;
        kind = Waiting.Nothing;
        return Finish(taken, place, isMissing: false);
    }

    private bool Wait(Waiting next, ReadOnlySpan<byte> line, long number)
    {
        GiveUpWaiting();
        kind = next;
        waiting.ResetWrittenCount();
        waiting.Write(line);
        waitingLine = number;
        isWaitingAfterBlank = isBlankSeen;
        return true;
    }

    /// <summary>The log lacks the file line. After a blank line that is no frame at all, but a resemblance.</summary>
    private void GiveUpWaiting()
    {
        Waiting given = kind;
        kind = Waiting.Nothing;
        if (given is Waiting.Call or Waiting.Creation && !isWaitingAfterBlank)
            Finish(given, default, isMissing: true);
    }

    private bool Finish(Waiting what, in PlaceLine place, bool isMissing)
    {
        ReadOnlySpan<byte> text = waiting.WrittenSpan;
        if (what == Waiting.Creation && CreationLine.TryParse(text, out CreationLine creation))
        {
            if (ancestors is null)
                recorder.AddCreation(creation, place, isMissing, waitingLine);
            else
                ancestors.AddCreation(creation, place, isMissing, waitingLine);
            return true;
        }

        if (place.IsCgo && ancestors is null)
        {
            recorder.AddCgo(text, place, waitingLine);
            return true;
        }

        if (!CallLine.TryParse(text, out CallLine call))
            return false;
        if (ancestors is null)
            recorder.AddCall(call, place, isMissing, waitingLine);
        else
            ancestors.AddFrame(call, place, isMissing);
        return true;
    }
}
