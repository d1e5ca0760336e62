using System.Text;

namespace Faultline.Reports.Markdown;

/// <summary>A text that takes whole sections as long as they fit, so that nothing is cut in the middle of its markup.</summary>
internal sealed class MarkdownBudget(int most)
{
    /// <summary>Kept for the remark that something is left out.</summary>
    private const int Reserve = 200;

    private readonly StringBuilder _text = new();
    private int _size;

    /// <summary>Something did not fit.</summary>
    public bool IsShort { get; private set; }

    public bool TryAdd(string section)
    {
        int size = Encoding.UTF8.GetByteCount(section);
        if (_size + size > most - Reserve)
        {
            IsShort = true;
            return false;
        }

        _size += size;
        _text.Append(section);
        return true;
    }

    /// <summary>Adds the last remark, for which there is always room.</summary>
    public void Close(string remark) => _text.Append(remark);

    public override string ToString() => _text.ToString();
}
