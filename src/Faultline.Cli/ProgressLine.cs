using System.Diagnostics;
using Faultline.Reports.Text;

namespace Faultline.Cli;

/// <summary>One line on standard error that says how far a long read is, with a bar where the size is known: only on a terminal, only after a second, at most five times a second.</summary>
internal sealed class ProgressLine(string what, long? total) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly bool _isShown = !Console.IsErrorRedirected;
    private TimeSpan _next = Patience;

    public void Report(long done)
    {
        if (!_isShown || Stopwatch.GetElapsedTime(_start) is var elapsed && elapsed < _next)
            return;
        _next = elapsed + Interval;
        StandardStreams.WriteError("\r\e[K" + ProgressText.Of(what, done, total, TerminalSize.Columns(2)));
    }

    public void Dispose()
    {
        if (_next != Patience)
            StandardStreams.WriteError("\r\e[K");
    }
}
