using System.Text;

namespace Faultline.Capture.Recording;

/// <summary>
/// Looks through a program's standard error for a fatal error of Go's: its headline, and soon after it the first goroutine. From there on nothing that
/// is recorded matters, and what starts next must not push the collision out of the ring.
/// </summary>
internal sealed class CrashWatch
{
    private const int LongestLine = 256;
    private const int LinesToGoroutine = 200;

    private readonly StringBuilder _line = new();
    private readonly TaskCompletionSource _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _linesLeft;

    /// <summary>Ends when the program is seen to die.</summary>
    public Task Fatal => _fatal.Task;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value != (byte)'\n')
            {
                if (_line.Length < LongestLine)
                    _line.Append((char)value);
                continue;
            }

            Look(_line.ToString());
            _line.Clear();
        }
    }

    private void Look(string line)
    {
        // Deferred calls of a panic indent the headline (Go 1.26 and later).
        if (line.TrimStart('\t').StartsWith("fatal error: ", StringComparison.Ordinal))
            _linesLeft = LinesToGoroutine;
        else if (_linesLeft > 0 && --_linesLeft >= 0 && line.StartsWith("goroutine ", StringComparison.Ordinal) && line.Contains(" [", StringComparison.Ordinal))
            _fatal.TrySetResult();
    }
}
