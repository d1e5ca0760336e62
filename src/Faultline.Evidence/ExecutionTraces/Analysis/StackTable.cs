using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Gives stacks of all generations one identity each. Pcs do not count: two calls on one line are one place.</summary>
internal sealed class StackTable(DiagnosticLog diagnostics)
{
    private const int MostStacks = 1 << 18;
    private const int MostFrames = 1 << 22;
    private const long MostText = 64 << 20;

    private readonly Dictionary<int, List<TraceStack>> _byHash = [];
    private readonly Dictionary<ulong, TraceStack> _ofGeneration = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private int _stackCount;
    private int _frameCount;
    private long _textSize;

    public void BeginGeneration() => _ofGeneration.Clear();

    public TraceStack Find(TraceGeneration generation, ulong id)
    {
        if (id == 0)
            return TraceStack.None;
        if (!_ofGeneration.TryGetValue(id, out TraceStack? stack))
            _ofGeneration[id] = stack = Intern(generation.Stack(id));
        return stack;
    }

    private TraceStack Intern(IReadOnlyList<TraceFrame> frames)
    {
        if (frames.Count == 0)
            return TraceStack.None;
        HashCode hash = default;
        foreach (TraceFrame frame in frames)
        {
            hash.Add(frame.Line);
            hash.Add(frame.Function, StringComparer.Ordinal);
        }

        int key = hash.ToHashCode();
        if (!_byHash.TryGetValue(key, out List<TraceStack>? candidates))
            _byHash[key] = candidates = new List<TraceStack>(1);
        foreach (TraceStack candidate in candidates)
        {
            if (AreEqual(candidate.Frames, frames))
                return candidate;
        }

        if (_stackCount >= MostStacks || _frameCount + frames.Count > MostFrames || _textSize > MostText)
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyStacks, DiagnosticSeverity.Warning, null, $"more than {MostStacks} different stacks, {MostFrames} frames or {MostText >> 20} MiB of names; stacks that come up later are left out");
            return TraceStack.None;
        }

        _stackCount++;
        _frameCount += frames.Count;
        TraceStack added = new(_stackCount, [.. frames.Select(frame => frame with { Function = Shared(frame.Function), File = Shared(frame.File) })]);
        candidates.Add(added);
        return added;
    }

    private string Shared(string text)
    {
        if (_texts.TryGetValue(text, out string? shared))
            return shared;
        _texts.Add(text, text);
        _textSize += text.Length * sizeof(char);
        return text;
    }

    private static bool AreEqual(IReadOnlyList<TraceFrame> left, IReadOnlyList<TraceFrame> right)
    {
        if (left.Count != right.Count)
            return false;
        for (int index = 0; index < left.Count; index++)
        {
            if (left[index].Line != right[index].Line || left[index].Function != right[index].Function || left[index].File != right[index].File)
                return false;
        }

        return true;
    }
}
