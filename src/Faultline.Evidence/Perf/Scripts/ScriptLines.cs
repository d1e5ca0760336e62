namespace Faultline.Evidence.Perf.Scripts;

/// <summary>Splits text into lines of bounded length; what is longer is cut.</summary>
internal sealed class ScriptLines(TextReader input)
{
    private const int LongestLine = 64 * 1024;

    private readonly char[] _buffer = new char[LongestLine];
    private int _start;
    private int _end;
    private bool _isInsideLongLine;
    private bool _isAtEnd;

    /// <summary>One-based number of the line read last.</summary>
    public long Number { get; private set; }

    /// <summary>Lines that were cut.</summary>
    public long CutCount { get; private set; }

    /// <summary>The next line without its end, valid until the next call; false at the end of the text.</summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        while (true)
        {
            int size = _buffer.AsSpan(_start.._end).IndexOf('\n');
            bool isCut = size < 0 && _start == 0 && _end == _buffer.Length;
            if (size < 0 && !isCut && !_isAtEnd)
            {
                Fill();
                continue;
            }

            bool hasEnd = size >= 0;
            size = hasEnd ? size : _end - _start;
            line = _buffer.AsSpan(_start, size).TrimEnd('\r');
            _start += hasEnd ? size + 1 : size;
            if (size == 0 && !hasEnd)
                return false;
            bool isRest = _isInsideLongLine;
            _isInsideLongLine = isCut;
            if (isRest)
                continue;
            Number++;
            CutCount += isCut ? 1 : 0;
            return true;
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read = input.Read(_buffer.AsSpan(_end));
        _isAtEnd = read == 0;
        _end += read;
    }
}
