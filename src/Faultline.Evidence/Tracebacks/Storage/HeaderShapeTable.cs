using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Interns the bracketed texts of goroutine headers, so that a status is parsed once, not once per goroutine.</summary>
internal sealed class HeaderShapeTable
{
    private readonly ByteInterner interner = new(TracebackLimits.HeaderShapeCount, TracebackLimits.HeaderTextTotal);
    private readonly List<HeaderShape> shapes = [];
    private byte[] lastText = [];
    private int last = -1;

    public HeaderShape this[int shape] => shapes[shape];

    /// <summary>The index of a text; false when a cap made it lose its labels, or everything (index 0 then, the first shape of the log).</summary>
    public bool TryIntern(ReadOnlySpan<byte> text, out int shape)
    {
        shape = last;
        if (last >= 0 && text.SequenceEqual(lastText))
            return true;
        bool isWhole = interner.TryIntern(text, out shape, out bool isNew);
        if (!isWhole)
        {
            text = HeaderShape.WithoutLabels(text);
            if (!interner.TryIntern(text, out shape, out isNew))
            {
                shape = 0;
                return false;
            }
        }

        if (isNew)
            shapes.Add(HeaderShape.Parse(text));
        last = shape;
        lastText = text.ToArray();
        return isWhole;
    }
}
