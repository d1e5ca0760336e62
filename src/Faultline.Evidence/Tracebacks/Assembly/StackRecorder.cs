using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>Records the frames of the block being read: walks the tree of stacks and writes what is the goroutine's own.</summary>
internal sealed class StackRecorder(TracebackStore store, TracebackRemarks diagnostics)
{
    private long expectedLine;
    private bool isFull;

    /// <summary>The node reached.</summary>
    public int Leaf { get; private set; }

    public long ArchiveStart { get; private set; }

    public int FrameCount { get; private set; }

    public bool HasCreation { get; private set; }

    public bool CanAddFrames => !isFull && !HasCreation;

    /// <summary>Starts a block whose header stands on this line.</summary>
    public void Begin(long headerLine)
    {
        Leaf = 0;
        FrameCount = 0;
        HasCreation = false;
        isFull = false;
        ArchiveStart = store.Archive.Begin();
        expectedLine = headerLine + 1;
    }

    public void AddCall(in CallLine call, in PlaceLine place, bool isMissing, long line)
    {
        bool isInlined = !isMissing && !place.HasOffset && !place.HasPointers && call.Arguments.SequenceEqual("..."u8);
        bool isInterned = store.Frames.TryInternCall(call.Function, isInlined, place, isMissing, out int location);
        Add(isInterned, location, line, isInlined ? default : call.Arguments, place.HasPointers, place.FramePointer, place.StackPointer);
    }

    public void AddCgo(ReadOnlySpan<byte> function, in PlaceLine place, long line) =>
        Add(store.Frames.TryInternCgo(function, place, out int location), location, line);

    public void AddNonGo(ReadOnlySpan<byte> text, ulong pc, long line) =>
        Add(store.Frames.TryInternNonGo(text, pc, out int location), location, line);

    public void AddElision(ReadOnlySpan<byte> text, int? count, long line) =>
        Add(store.Frames.TryInternElision(text, count, out int location), location, line);

    public void AddCreation(in CreationLine creation, in PlaceLine place, bool isMissing, long line)
    {
        if (HasCreation || !store.Frames.TryInternCreation(creation.Function, place, isMissing, out int location))
            return;
        if (store.Stacks.TryStep(Leaf, location, out int leaf))
            AddCreation(leaf, line, creation.Parent);
    }

    public void AddCreation(int leaf, long line, long? parent)
    {
        Leaf = leaf;
        HasCreation = true;
        store.Archive.AddCreation(line - expectedLine, parent);
    }

    private void Add(bool isInterned, int location, long line, ReadOnlySpan<byte> arguments = default, bool hasPointers = false, ulong framePointer = 0, ulong stackPointer = 0)
    {
        if (!CanAddFrames)
            return;
        if (!isInterned)
            Stop(TracebackDiagnostics.TooManyLocations, line, $"more than {TracebackLimits.LocationCount} distinct frame locations; the rest of this stack and of later ones was dropped");
        else if (!store.Stacks.TryStep(Leaf, location, out int leaf))
            Stop(TracebackDiagnostics.TooManyStacks, line, $"more than {TracebackLimits.StackNodeCount} distinct stacks; the rest of this stack and of later ones was dropped");
        else
            Add(leaf, store.Frames[location].LineCount, line, arguments, hasPointers, framePointer, stackPointer);
    }

    /// <summary>Records a frame whose node is known.</summary>
    public void Add(int leaf, int lineCount, long line, ReadOnlySpan<byte> arguments, bool hasPointers, ulong framePointer, ulong stackPointer)
    {
        if (FrameCount == TracebackLimits.FrameCount || store.Archive.IsFull)
        {
            Stop(TracebackDiagnostics.StackTooDeep, line, $"more than {TracebackLimits.FrameCount} frames in one goroutine, or too many in all; the outer ones were dropped");
            return;
        }

        if (!arguments.IsEmpty && store.Archive.ArgumentTotal >= TracebackLimits.ArgumentTotal)
        {
            arguments = default;
            diagnostics.ReportOnce(TracebackDiagnostics.ArgumentsDropped, line, "the argument budget of this log is used up; frames from here on have no arguments");
        }

        store.Archive.AddFrame(line - expectedLine, arguments, hasPointers, framePointer, stackPointer);
        Leaf = leaf;
        FrameCount++;
        expectedLine = line + lineCount;
    }

    private void Stop(string id, long line, string message)
    {
        isFull = true;
        diagnostics.ReportOnce(id, line, message);
    }
}
