using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>The <c>[originating from goroutine N]:</c> sections of one goroutine.</summary>
internal sealed class AncestorReader(FrameTable table)
{
    private readonly List<Ancestor> done = [];
    private List<FrameLocation> frames = [];
    private Creation? createdBy;
    private long goroutine;
    private long startLine;
    private int total;

    public static bool TryParse(ReadOnlySpan<byte> line, out long origin)
    {
        origin = 0;
        return line[0] == '['
            && line.StartsWith("[originating from goroutine "u8)
            && line.EndsWith("]:"u8)
            && Digits.TryDecimal(line["[originating from goroutine "u8.Length..^2], out origin);
    }

    public void Start(long origin, long line)
    {
        FinishSection();
        goroutine = origin;
        startLine = line;
    }

    /// <summary>Ancestors print <c>(...)</c> for arguments, which does not mean inlined here.</summary>
    public void AddFrame(in CallLine call, in PlaceLine place, bool isMissing)
    {
        if (total++ < TracebackLimits.AncestorCount && table.TryInternCall(call.Function, isInlined: false, place, isMissing, out int location))
            frames.Add(table[location].Location);
    }

    public void AddCreation(in CreationLine creation, in PlaceLine place, bool isMissing, long line)
    {
        if (createdBy is null && table.TryInternCreation(creation.Function, place, isMissing, out int location))
            createdBy = new Creation(table[location].Location, creation.Parent, line);
    }

    public IReadOnlyList<Ancestor> Finish()
    {
        FinishSection();
        return done;
    }

    private void FinishSection()
    {
        if (startLine != 0 && done.Count < TracebackLimits.FrameCount)
            done.Add(new Ancestor(goroutine, frames, createdBy, startLine));
        frames = [];
        createdBy = null;
    }
}
