using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>A line like <c>SIGQUIT: quit</c>: a headline once <c>PC=0x…</c> follows, and any program's own output otherwise.</summary>
internal sealed class SignalTitle
{
    /// <summary>Other threads may get a few lines in between.</summary>
    private const int MostLinesBetween = 4;

    private byte[] text = [];

    public ReadOnlySpan<byte> Text => text;

    public long Line { get; private set; }

    public bool TryTake(ReadOnlySpan<byte> line, long number)
    {
        if (!SignalGrammar.IsTitle(line))
            return false;
        text = line.ToArray();
        Line = number;
        return true;
    }

    /// <summary>The title that a <c>PC=</c> line at this number completes.</summary>
    public bool TryUse(long number) => Line > 0 && number - Line <= MostLinesBetween;
}
