namespace Faultline.Evidence.Escapes;

/// <summary>Keeps facts within the caps.</summary>
internal sealed class EscapeStore
{
    private readonly EscapeTexts texts = new();
    private readonly List<EscapeFact> facts = [];
    private readonly List<EscapeExplanation> explanations = [];
    private int size;

    public IReadOnlyList<EscapeFact> Facts => facts;

    public IReadOnlyList<EscapeExplanation> Explanations => explanations;

    /// <summary>Line of the first fact that was left out; 0 without one.</summary>
    public long FirstLeftOutLine { get; private set; }

    public void Add(in EscapeLine line, string package, long number)
    {
        if (TryReserve(1, number))
            facts.Add(FactOf(line, package, number));
    }

    /// <summary>Keeps an explanation: its head, and the lines below it as they were printed.</summary>
    public void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> lines, int lineCount, bool isCutOff, string package, long number)
    {
        if (!EscapeLine.TryRead(head, out EscapeLine read) || !TryReserve(lineCount + 1, number))
            return;
        List<EscapeFlow> flows = [];
        List<EscapeStep> steps = [];
        (string Target, int Derefs, string Source)? flow = null;
        for (int end; (end = lines.IndexOf((byte)'\n')) >= 0; lines = lines[(end + 1)..])
        {
            if (!EscapeLine.TryRead(lines[..end], out EscapeLine line))
                continue;
            if (line.Kind == EscapeKind.FlowStep)
            {
                steps.Add(new EscapeStep(texts.Of(line.Subject), texts.Of(line.Object), texts.Of(line.At)));
                continue;
            }

            isCutOff |= line.Kind == EscapeKind.FlowCycle;
            if (line.Kind != EscapeKind.Flow)
                continue;
            EndFlow();
            flow = (texts.Of(line.Object), line.Number, texts.Of(line.Subject));
        }

        EndFlow();
        explanations.Add(new EscapeExplanation(FactOf(read, package, number), flows, isCutOff));

        void EndFlow()
        {
            if (flow is { } ended)
                flows.Add(new EscapeFlow(ended.Target, ended.Derefs, ended.Source, [.. steps]));
            steps.Clear();
        }
    }

    private bool TryReserve(int count, long number)
    {
        if (size + count <= EscapeLimits.FactCount && !texts.IsFull)
        {
            size += count;
            return true;
        }

        if (FirstLeftOutLine == 0)
            FirstLeftOutLine = number;
        return false;
    }

    private EscapeFact FactOf(in EscapeLine line, string package, long number) => new()
    {
        Kind = line.Kind,
        Place = texts.Of(line.Place),
        Subject = texts.Of(line.Subject),
        Object = line.Kind == EscapeKind.CanInline ? "" : texts.Of(line.Object),
        Function = texts.Of(line.Function),
        Number = line.Number,
        IsByValue = line.Form == EscapeForm.ByValue,
        IsAddressTaken = line.IsAddressTaken,
        IsAssigned = line.IsAssigned,
        Package = package,
        LogLine = number,
    };
}
