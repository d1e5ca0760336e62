using System.Text;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Escapes;

/// <summary>The texts of kept facts, each once.</summary>
internal sealed class EscapeTexts
{
    private readonly ByteInterner keys = new(EscapeLimits.TextCount, EscapeLimits.TextSize);
    private readonly List<string> texts = [];

    /// <summary>A text was left out: the caps are reached.</summary>
    public bool IsFull { get; private set; }

    public string Of(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return "";
        bool isCut = text.Length > EscapeLimits.TextLength;
        if (isCut)
            text = text[..EscapeLimits.TextLength];
        if (!keys.TryIntern(text, out int index, out bool isNew))
        {
            IsFull = true;
            return "";
        }

        if (isNew)
            texts.Add(isCut ? $"{Encoding.UTF8.GetString(text)}…" : Encoding.UTF8.GetString(text));
        return texts[index];
    }

    public EscapePlace Of(in EscapeLocation place) => new(Of(place.File), place.Line, place.Column);
}
