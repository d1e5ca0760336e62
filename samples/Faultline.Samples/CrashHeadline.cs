using System.Globalization;

namespace Faultline.Samples;

/// <summary>The little of a crash log that the ground truth needs, read without the tool under test.</summary>
/// <param name="Text">The first <c>fatal error:</c> or <c>panic:</c> line.</param>
/// <param name="Goroutine">The first goroutine printed after it; null when none is.</param>
public sealed record CrashHeadline(string Text, long? Goroutine)
{
    private const string GoroutinePrefix = "goroutine ";

    /// <summary>Null when the log holds no crash.</summary>
    public static CrashHeadline? TryRead(string logPath)
    {
        string? text = null;
        foreach (string line in File.ReadLines(logPath))
        {
            if (text is null)
            {
                if (line.StartsWith("fatal error: ", StringComparison.Ordinal) || line.StartsWith("panic: ", StringComparison.Ordinal))
                    text = line;
            }
            else if (TryReadGoroutine(line) is { } goroutine)
            {
                return new CrashHeadline(text, goroutine);
            }
        }
        return text is null ? null : new CrashHeadline(text, Goroutine: null);
    }

    private static long? TryReadGoroutine(string line)
    {
        if (!line.StartsWith(GoroutinePrefix, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> rest = line.AsSpan(GoroutinePrefix.Length);
        int end = rest.IndexOf(' ');
        // Goroutine 0 is a thread's own stack, not one of the program.
        return end > 0 && long.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long id) && id != 0 ? id : null;
    }
}
