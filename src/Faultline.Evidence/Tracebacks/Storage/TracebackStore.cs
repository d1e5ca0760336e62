namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Everything kept of one log; the public objects are views into it. Written by the parser only, immutable afterwards.</summary>
internal sealed class TracebackStore(LineMap? lines)
{
    public FrameTable Frames { get; } = new();

    public StackTrie Stacks { get; } = new();

    public FrameArchive Archive { get; } = new();

    public HeaderShapeTable Shapes { get; } = new();

    public ChunkedList<GoroutineRecord> Goroutines { get; } = new();

    public ChunkedList<GoroutineThread> Threads { get; } = new();

    /// <summary>Ancestors by goroutine index; they are printed only on demand, so few logs have any.</summary>
    public Dictionary<int, IReadOnlyList<Ancestor>> Ancestors { get; } = [];

    /// <summary>The line of the file for a line of the parsed stream: the same unless a carrier was unwrapped.</summary>
    public long Original(long line) => lines is null ? line : lines.Original(line);

    /// <summary>The locations of a stack, innermost first, and its creation when the last step is one.</summary>
    public int[] PathOf(int leaf, out FrameEntry? creation)
    {
        creation = null;
        if (leaf != 0 && Frames[Stacks[leaf].Location] is { Shape: FrameShape.Creation } last)
        {
            creation = last;
            leaf = Stacks[leaf].Parent;
        }

        var path = new int[Stacks[leaf].Depth];
        for (int index = path.Length - 1; index >= 0; index--)
        {
            path[index] = Stacks[leaf].Location;
            leaf = Stacks[leaf].Parent;
        }

        return path;
    }

    /// <summary>Decodes the frames of a goroutine, and its creation.</summary>
    public TracebackFrame[] ReadFrames(in GoroutineRecord record, out Creation? createdBy)
    {
        int[] path = PathOf(record.Leaf, out FrameEntry? creation);
        var frames = new TracebackFrame[path.Length];
        var reader = new FrameArchiveReader(Archive, record.Archive);
        long line = record.Line + 1;
        for (int index = 0; index < frames.Length; index++)
        {
            FrameEntry entry = Frames[path[index]];
            reader.Next();
            line += reader.Gap;
            frames[index] = new TracebackFrame
            {
                Location = entry.Location,
                Arguments = Grammar.ArgumentGrammar.Parse(PackedArguments.Unpack(reader.Arguments)),
                FramePointer = reader.FramePointer,
                StackPointer = reader.StackPointer,
                LogLine = Original(line),
            };
            line += entry.LineCount;
        }

        createdBy = null;
        if (creation is not null)
        {
            reader.Next();
            createdBy = new Creation(creation.Location, reader.Parent, Original(line + reader.Gap));
        }

        return frames;
    }
}
