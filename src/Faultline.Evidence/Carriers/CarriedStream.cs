using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Carriers;

/// <summary>One stream that the lines of another carry: puts its lines together and hands on those that are its own text.</summary>
internal sealed class CarriedStream
{
    private readonly CarrierContext context;
    private readonly CarrierKinds kind;
    private readonly byte[] title;
    private readonly CarrierKinds kinds;
    private readonly LineCarriers? carriers;
    private readonly ScratchText pending = new();
    private long pendingLine;
    private bool isPending;
    private IStreamText? own;
    private bool isRefused;

    public CarriedStream(CarrierContext context, int depth, string name, CarrierKinds kinds, CarrierKinds kind, byte[] title)
    {
        this.context = context;
        this.kind = kind;
        this.title = title;
        this.kinds = kinds;
        Name = name;
        carriers = depth < CarrierLimits.Depth ? new LineCarriers(context, depth, name, kinds) : null;
    }

    /// <summary>Who wrote it, with those around it; empty when no carrier says.</summary>
    public string Name { get; }

    public CarrierKinds Kinds => kinds | (carriers?.Seen ?? CarrierKinds.None) | (own?.HasWrappedLines == true ? CarrierKinds.Wrap : CarrierKinds.None);

    public bool IsFor(in CarriedLine carried) => carried.Kind == kind && carried.Stream.SequenceEqual(title);

    /// <summary>Takes what one line of the carrier holds.</summary>
    public void Append(in CarriedLine carried, long number)
    {
        ReadOnlySpan<byte> text = carried.Text;
        bool hasEnd = false;
        for (int size; (size = text.IndexOf((byte)'\n')) >= 0; text = text[(size + 1)..])
        {
            TakeLine(text[..size], number);
            hasEnd = true;
        }

        if (carried.IsPartial)
            Wait(text, number);
        else if (!text.IsEmpty || !hasEnd)
            TakeLine(text, number);
    }

    /// <summary>Takes a last line that was never completed, and those of the streams within.</summary>
    public void Complete()
    {
        if (isPending)
            TakeLine(default, pendingLine);
        carriers?.Complete();
    }

    private void Wait(ReadOnlySpan<byte> text, long number)
    {
        if (text.IsEmpty)
            return;
        if (!isPending)
        {
            pending.Start(text.Length);
            pendingLine = number;
            isPending = true;
        }

        if (pending.Count + text.Length <= CarrierLimits.PartialLineSize)
            pending.Add(text);
        else
            context.Remark(CarrierDiagnostics.PartialLineTooLong, DiagnosticSeverity.Warning, number, $"a line put together from partial ones is longer than {CarrierLimits.PartialLineSize} bytes; its end was dropped");
    }

    private void TakeLine(ReadOnlySpan<byte> line, long number)
    {
        if (isPending)
        {
            Wait(line, number);
            isPending = false;
            number = pendingLine;
            TakeWhole(pending.Span, number);
            return;
        }

        TakeWhole(line, number);
    }

    private void TakeWhole(ReadOnlySpan<byte> line, long number)
    {
        if (carriers is not null && (!line.IsEmpty || carriers.IsInsideField))
        {
            CarriedTo to = carriers.Take(line, number, out ReadOnlySpan<byte> text);
            if (to == CarriedTo.AnotherStream)
                return;
            if (to == CarriedTo.SameStream)
                line = text;
        }

        if (own is not null || Open(line, number))
            own!.Add(line, number);
    }

    private bool Open(ReadOnlySpan<byte> line, long number)
    {
        if (isRefused || !context.Texts.MayOpen(line))
            return false;
        own = context.TryOpen(this, number);
        isRefused = own is null;
        return own is not null;
    }
}
